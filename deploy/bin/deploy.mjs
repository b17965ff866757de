#!/usr/bin/env node
import { launch } from '../../tools/launcher/launch.mjs';

await launch({ bin: import.meta.url, entry: '../src/cli.ts' });
