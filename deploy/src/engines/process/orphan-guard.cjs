// Loaded into every child with --require. The supervisor holds the other end of stdin and never writes to it, so its
// end means the supervisor is gone, even by kill -9: stop like on SIGTERM, and insist if that hangs. Never runs alone.
'use strict';
const { Socket } = require('node:net');
try {
  const parent = new Socket({ fd: 0, readable: true, writable: false });
  parent.on('close', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 12_000).unref();
  });
  parent.on('error', () => {});
  parent.resume();
  parent.unref();
} catch {
  // stdin is no pipe: nobody to watch
}
