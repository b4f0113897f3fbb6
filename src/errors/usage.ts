import { descriptors } from './descriptor.ts'

/** Mistakes on the command line, and the ends that are nobody's mistake. */
export const USAGE_ERRORS = descriptors({
  UNKNOWN_COMMAND: {
    code: 'OBOL-U001',
    title: 'there is no such command',
    exitCode: 64,
    hint: 'obol --help',
    explanation: 'The first words of the command line must name a command. A name that is nearly right is suggested.',
  },
  UNKNOWN_FLAG: {
    code: 'OBOL-U002',
    title: 'there is no such flag',
    exitCode: 64,
    explanation:
      'The command does not know this flag. Flags belong to a command and come after it; what follows `--` is never read as a flag.',
  },
  BAD_VALUE: {
    code: 'OBOL-U003',
    title: 'the value does not fit',
    exitCode: 64,
    explanation: 'A flag or an argument has a value of the wrong form: not a number, or not one of the allowed words.',
  },
  MISSING_VALUE: {
    code: 'OBOL-U004',
    title: 'something is missing',
    exitCode: 64,
    explanation: 'A flag was given without its value, or a required argument was left out.',
  },
  TOO_MANY_ARGUMENTS: {
    code: 'OBOL-U005',
    title: 'there are too many arguments',
    exitCode: 64,
    explanation: 'The command takes fewer arguments than were given. Quote an argument that contains blanks.',
  },
  NOT_WRITABLE: {
    code: 'OBOL-U011',
    title: 'a file could not be written',
    exitCode: 1,
    explanation:
      'The operating system refused the write: the folder is read-only, belongs to somebody else, or the disk is full.',
  },
  INTERRUPTED: {
    code: 'OBOL-U130',
    title: 'interrupted',
    exitCode: 130,
    explanation:
      'The command was told to stop (Ctrl-C, SIGTERM) before it was done. What was begun is in the journal; running the same command again goes on from there.',
  },
  UNEXPECTED: {
    code: 'OBOL-U900',
    title: 'something went wrong that obol did not expect',
    exitCode: 1,
    hint: 'run the same command again with OBOL_DEBUG=1',
    explanation:
      'This is a defect of obol, or a condition of the machine that it does not know. With OBOL_DEBUG=1 the same command prints where it happened; secrets are masked there too.',
  },
})
