// Reads {proofs, epoch, seed, validators} from its input and writes the tally and the schedule of the whole epoch.
import { text } from 'node:stream/consumers';
import { firstSlotOfEpoch, leadersOf, tallyData, tallyOf } from '../src/index.ts';

const { proofs, epoch, seed, validators } = JSON.parse(await text(process.stdin));
const tally = tallyOf({ epoch, seed, proofs });
const data = tallyData(tally, validators);
const wins: Array<{ slot: number; winner: string }> = [];
const schedule = Array.from({ length: 720 }, (_, i) => {
  const slot = firstSlotOfEpoch(epoch) + i;
  const leaders = leadersOf(slot, { validators, tally: data, wins });
  wins.push({ slot, winner: leaders.primary });
  return leaders;
});
process.stdout.write(JSON.stringify({ tally, data, schedule }));
