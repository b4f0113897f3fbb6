import { descriptors } from './descriptor.ts'

/** What can be in the way of a registration. A registration is never in the way of a sale: most of these are warnings. */
export const REGISTER_ERRORS = descriptors({
  NO_BASE_URL: {
    code: 'OBOL-R001',
    title: 'the public base URL is not known yet',
    exitCode: 1,
    hint: 'obol plan',
    retryable: true,
    explanation:
      'The identity points to a document below the public base URL. Set spec.baseUrl in obol.yaml, or start the tunnel of the stack, which writes tunnelURL to the ConfigMap obol-frontend/obol-stack-config.',
  },
  NO_SIGNER: {
    code: 'OBOL-R002',
    title: 'no signer is configured',
    exitCode: 1,
    explanation:
      'Whose identity it is to be is said by spec.signer in obol.yaml: a key file, a keystore, a remote signer, or for plans only an address.',
  },
  PENDING: {
    code: 'OBOL-R003',
    title: 'the registration is not final yet',
    exitCode: 1,
    hint: 'obol apply',
    retryable: true,
    explanation:
      'A transaction was sent and is not deep enough in the chain. The next apply goes on with it; nothing is sent twice.',
  },
  MAX_FEE: {
    code: 'OBOL-R004',
    title: 'the steps may cost more than spec.limits.maxFee allows',
    exitCode: 6,
    hint: 'obol plan',
    explanation:
      'The sum of the highest fees of one chain is above the limit of the workspace file. Wait for lower fees, or raise the limit.',
  },
})
