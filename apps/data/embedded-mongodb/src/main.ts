import { runService } from '@lucid/service';
import { connect } from './adapters/connect.ts';
import { buildApp } from './app.ts';
import { config, type Settings } from './config.ts';

await runService({
  config,
  connect: (settings, context) => connect(settings as Settings, context),
  build: (settings, server, context) => buildApp(settings as Settings, server, context),
});
