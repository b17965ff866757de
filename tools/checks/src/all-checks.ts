import type { Check } from './check.ts';
import { dependenciesDocumented } from './checks/dependencies-documented.ts';
import { dependencyRules } from './checks/dependency-rules.ts';
import { docsLinks } from './checks/docs-links.ts';
import { domainClock } from './checks/domain-clock.ts';
import { domainIo } from './checks/domain-io.ts';
import { errorCodes } from './checks/error-codes.ts';
import { fileSize } from './checks/file-size.ts';
import { forbiddenWordsCheck } from './checks/forbidden-words.ts';
import { generatedDocs } from './checks/generated-docs.ts';
import { importCircles } from './checks/import-circles.ts';
import { libDoor } from './checks/lib-door.ts';
import { lockfile } from './checks/lockfile.ts';
import { mainSize } from './checks/main-size.ts';
import { mouldComplete } from './checks/mould-complete.ts';
import { packageManifests } from './checks/package-manifests.ts';
import { processEnv } from './checks/process-env.ts';
import { promisedTests } from './checks/promised-tests.ts';

/** Fastest first. A test proves that each of them can fail. */
export const allChecks: readonly Check[] = [
  packageManifests,
  lockfile,
  dependenciesDocumented,
  mouldComplete,
  libDoor,
  mainSize,
  fileSize,
  forbiddenWordsCheck,
  docsLinks,
  promisedTests,
  processEnv,
  domainClock,
  domainIo,
  dependencyRules,
  importCircles,
  errorCodes,
  generatedDocs,
];
