#!/usr/bin/env node
import { main } from '../src/images/command.ts';

process.exitCode = await main(process.argv.slice(2), process.env);
