/**
 * Everything that can go wrong for the person at the terminal, said in one line, with the exit code scripts rely on:
 * 1 the system could not do it · 2 the command was wrong · 3 nothing is up.
 */
export class DeployError extends Error {
  override readonly name = 'DeployError';
  readonly code: string;
  readonly exitCode: number;

  constructor(code: string, exitCode: number, message: string) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** Of an instance on another node, whose engine nobody has named. */
export class ElsewhereError extends DeployError {
  readonly node: string;

  constructor(instance: string, node: string) {
    const ways = `name its engine in LUCID_NODE_HOSTS (${node}=ssh://…), or use \`docker exec\` there`;
    super('elsewhere', 1, `${instance} runs on node ${node}: ${ways}`);
    this.node = node;
  }
}

const system = (code: string, message: string) => new DeployError(code, 1, message);
const usage = (code: string, message: string) => new DeployError(code, 2, message);

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The catalogue: one maker per failure, so that wording and exit code live in one place. */
export const deployErrors = {
  usage: (message: string) => usage('usage', message),
  noSuchProfile: (name: string, known: readonly string[]) =>
    usage('no-such-profile', `no such profile: ${name} (known: ${known.join(', ')})`),
  noSuchService: (name: string, known: readonly string[]) =>
    usage('no-such-service', `no such service: ${name} (known: ${known.join(', ')})`),
  cannot: (engine: string, what: string) => usage('cannot', `the ${engine} engine knows no ${what}`),
  badOverride: (text: string, expected: string) => usage('bad-override', `--set ${text}: ${expected}`),
  noSuchInstance: (name: string, known: readonly string[]) =>
    usage('no-such-instance', `no such instance: ${name} (there are: ${known.join(', ')})`),
  outOfScaleRange: (service: string, count: number, min: number, max: number) =>
    usage('out-of-scale-range', `${service} scales from ${min} to ${max}, not to ${count}`),
  severalServices: (name: string, members: readonly string[]) =>
    usage('several-services', `${name} is several services here: say which of ${members.join(', ')}`),
  fixedCouncil: (service: string, validators: number) =>
    usage(
      'fixed-council',
      `${service} is ${validators === 1 ? 'one validator, which is' : `${validators} validators, which are`} not scaled: how many there are is in the genesis block, so it is said before a chain begins, by \`up --set ${service.replace(/^lucid-/, '')}.validators=n\``,
    ),
  engineNotUp: (home: string) =>
    new DeployError(
      'engine-not-up',
      3,
      `nothing is up in ${home}: start it with \`nx run deploy:up\` or \`npm start\``,
    ),
  noLogs: (what: string) => new DeployError('no-logs', 3, `no logs of ${what} yet`),
  otherSettings: (setting: string, running: string, wanted: string) =>
    system(
      'other-settings',
      `already up with ${setting} ${running}, not ${wanted}: run \`nx run deploy:down\` first`,
    ),
  engineBusy: (pid: number, home: string) =>
    system(
      'engine-busy',
      `process ${pid} holds ${home} but does not answer: run \`nx run deploy:down\` to end it`,
    ),
  startInterrupted: (left = 'everything has been stopped again') =>
    system('start-interrupted', `the start was interrupted; ${left}`),
  /** Of a start that failed, and of which something is still there. */
  notUndone: (first: unknown, second: unknown) => {
    const { code, exitCode } = first instanceof DeployError ? first : deployErrors.unexpected('');
    return new DeployError(
      code,
      exitCode,
      `${wordsOf(first)}; stopping it again failed too: ${wordsOf(second)}`,
    );
  },
  supervisorLost: (logFile: string) =>
    system('supervisor-lost', `the engine ended before the system was ready: see ${logFile}`),
  brokenModel: (problems: readonly string[]) =>
    system('broken-model', `the system model is broken: ${problems.join('; ')}`),
  missingApps: (missing: readonly string[]) =>
    system('missing-app', `cannot start, not built yet: ${missing.join('; ')}`),
  buildFailed: (logFile: string, detail: string) =>
    system('build-failed', `the build failed${detail ? ` (${detail})` : ''}: see ${logFile}`),
  portTaken: (lines: readonly string[]) => system('port-taken', lines.join('; ')),
  noLoopback: () =>
    system('no-loopback', 'no free loopback range for the engine: too many engines are up on this machine'),
  tooManyReplicas: (service: string, most: number) =>
    system('too-many-replicas', `${service} can have at most ${most} replicas on a single address`),
  oldNode: (version: string) =>
    system('old-node', `Node ${version} is too old, 24 or newer is needed: run \`npm ci\` again`),
  notEnough: (what: string) => system('not-enough', what),
  homeUnusable: (home: string, reason: string) => system('home-unusable', `cannot use ${home}: ${reason}`),
  instanceFailed: (instance: string, reason: string, logFile: string) =>
    system('instance-failed', `${instance} ${reason} (log: ${logFile})`),
  stopIncomplete: (pids: readonly number[]) =>
    system('stop-incomplete', `processes that would not end: ${pids.join(', ')}`),
  noDocker: (reason: string) =>
    system(
      'no-docker',
      `no Docker engine answers (${reason}): start one, set DOCKER_HOST, or run on \`--engine=process\``,
    ),
  noCompose: (reason: string) =>
    system('no-compose', `Docker Compose v2 is not there (${reason}): install the docker-compose plugin`),
  noSwarm: (reason: string) =>
    system('no-swarm', `this Docker engine is no Swarm manager (${reason}): run \`docker swarm init\``),
  autoscaled: (namespace: string, service: string, min: number, max: number) =>
    usage(
      'autoscaled',
      `${service} has no number to set: its autoscaler moves it from ${min} to ${max}; other bounds: \`kubectl --namespace=${namespace} edit hpa ${service}\`, a fixed number: another profile`,
    ),
  noDataNode: (message: string) => system('no-data-node', message),
  dockerFailed: (args: readonly string[], reason: string) =>
    system('docker-failed', `docker ${args.slice(0, 3).join(' ')} failed: ${reason}`),
  missingImages: (missing: readonly string[]) =>
    system('missing-image', `images that are neither here nor to be had: ${missing.join('; ')}`),
  noCluster: (reason: string) =>
    system(
      'no-cluster',
      `no Kubernetes cluster answers (${reason}): kubectl and a context are needed; the files are in deploy/generated`,
    ),
  kubectlFailed: (args: readonly string[], reason: string) =>
    system('kubectl-failed', `kubectl ${args.slice(0, 3).join(' ')} failed: ${reason}`),
  secretInUse: (name: string, reason: string) =>
    system('secret-in-use', `the secret ${name} differs from the one in use (${reason}): run down first`),
  updateFailed: (service: string, reason: string) =>
    system('update-failed', `the update of ${service} did not go through: ${reason}`),
  elsewhere: (instance: string, node: string) => new ElsewhereError(instance, node),
  notReadyInTime: (waiting: readonly string[], seconds: number) =>
    system('not-ready', `not ready after ${seconds} s: ${waiting.join(', ')}`),
  unexpected: (message: string) => system('unexpected', message),
} as const;
