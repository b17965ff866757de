#!/usr/bin/env node
import { launch } from '../../launcher/launch.mjs';

await launch({ bin: import.meta.url, entry: '../src/main.ts' });
