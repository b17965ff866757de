import type { InitTask } from '../../converge.ts';
import type { MongoAction } from '../../domain/mongo/action.ts';
import { nextStep } from '../../domain/mongo/next-step.ts';
import type { MongoObservation } from '../../domain/mongo/observation.ts';
import type { ReplicaSetWanted } from '../../domain/mongo/wanted.ts';
import { errors } from '../../errors.ts';
import { CODE, type MongoAdmin, serverCode } from './admin.ts';
import { observe } from './observe.ts';

/** Sets up a replica set, or changes it into the wanted one. */
export function replicaSetTask(
  admin: MongoAdmin,
  wanted: ReplicaSetWanted,
): InitTask<MongoObservation, MongoAction> {
  return {
    observe: () => observe(admin, wanted),
    next: (seen) => nextStep(seen, wanted),
    describe,
    perform: async (action) => {
      const command =
        action.kind === 'initiate' ? { replSetInitiate: action.config } : { replSetReconfig: action.config };
      try {
        await admin.command(action.at, command);
      } catch (error) {
        if (serverCode(error) === CODE.alreadyInitialized && action.kind === 'initiate') return;
        if (!mayPass(error)) throw errors.stepRefused(describe(action), (error as Error).message, error);
        throw error;
      }
    },
    close: () => admin.close(),
  };
}

const describe = (action: MongoAction): string =>
  action.kind === 'initiate'
    ? `initiates the set on ${action.at}`
    : `version ${action.config.version} of the configuration ${action.change}`;

/** Answers that another round may find gone: elections, other changes under way, members that are not up yet. */
const PASSING: ReadonlySet<number> = new Set([
  CODE.nodeNotFound,
  CODE.shutdownInProgress,
  CODE.newConfigurationIncompatible,
  CODE.configurationInProgress,
  CODE.primarySteppedDown,
  CODE.currentConfigNotCommittedYet,
  CODE.notWritablePrimary,
  CODE.interruptedDueToReplicaStateChange,
]);

function mayPass(error: unknown): boolean {
  const code = serverCode(error);
  return code === undefined || PASSING.has(code);
}
