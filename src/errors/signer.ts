import { descriptors } from './descriptor.ts'

/** What can go wrong with a key, or with whoever holds it. */
export const SIGNER_ERRORS = descriptors({
  KEY_FILE: {
    code: 'OBOL-G001',
    title: 'the key file cannot be used',
    exitCode: 1,
    explanation: 'The file does not exist, others than its owner may read it, or it holds no private key.',
  },
})
