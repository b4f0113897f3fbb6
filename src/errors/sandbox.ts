import { descriptors } from './descriptor.ts'

/** Errors of `obol sandbox`, the embedded API server. */
export const SANDBOX_ERRORS = descriptors({
  STATE_UNREADABLE: {
    code: 'OBOL-S001',
    title: 'The state file of the sandbox cannot be read',
    exitCode: 1,
    hint: 'ls -l FILE, or start with another --state file',
    explanation:
      'The sandbox keeps its objects in one file. It exists but cannot be opened or read, so the sandbox does not start: starting empty would overwrite it.',
  },
  STATE_UNKNOWN: {
    code: 'OBOL-S002',
    title: 'The file is not a state file of the sandbox',
    exitCode: 1,
    hint: 'move the file away, or start with another --state file',
    explanation:
      'The file is no JSON of the form the sandbox writes, or of a later format version. It is left untouched.',
  },
  STATE_UNWRITABLE: {
    code: 'OBOL-S003',
    title: 'The state file of the sandbox cannot be written',
    exitCode: 1,
    hint: 'df -h, and check the permissions of the folder',
    explanation:
      'A change was made in memory and answered, but it is not on disk; it is lost when the sandbox stops. The previous state file is intact, because a new one takes its place only when it is complete.',
  },
  PORT_TAKEN: {
    code: 'OBOL-S004',
    title: 'The port of the sandbox is in use',
    exitCode: 1,
    hint: 'obol sandbox --port 0',
    explanation: 'Another process listens on the port. Port 0 takes any free one.',
  },
  OBJECT_REFUSED: {
    code: 'OBOL-S005',
    title: 'The sandbox refuses an object it was to start with',
    exitCode: 1,
    explanation: 'Objects given at the start go through the same validation as those that clients create.',
  },
  ANVIL_MISSING: {
    code: 'OBOL-S006',
    title: 'The local chain needs anvil, which is not installed',
    exitCode: 1,
    hint: 'npm install --save-dev @foundry-rs/anvil',
    explanation:
      'The local chain is a process of its own: the anvil binary, from the npm package @foundry-rs/anvil with its optional dependency for this machine, or from PATH.',
  },
  CHAIN_NOT_STARTED: {
    code: 'OBOL-S007',
    title: 'The local chain did not start',
    exitCode: 1,
    hint: 'anvil --port 0',
    explanation:
      'anvil ended, or said nothing for 30 seconds, before it listened. Its own words are in the details; a state file that is none is one reason.',
  },
  CHAIN_CALL_FAILED: {
    code: 'OBOL-S008',
    title: 'The local chain refused a call',
    exitCode: 1,
    explanation: 'A JSON-RPC call to the local chain got an error or no answer. The details name the method.',
  },
  CHAIN_ENDED: {
    code: 'OBOL-S009',
    title: 'The local chain has ended by itself',
    exitCode: 1,
    hint: 'obol sandbox --chain',
    explanation: 'The anvil process is gone although nobody stopped it: it was killed, or it failed.',
  },
})
