import { runService } from '@lucid/service';
import { connect } from './adapters/connect.ts';
import { buildApp } from './app.ts';
import { config } from './config.ts';

await runService({ config, connect, build: buildApp });
