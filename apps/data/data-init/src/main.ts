import { runJob } from './run-job.ts';

process.exitCode = await runJob(process.argv[2]);
