import { descriptors } from './descriptor.ts'

/** What can go wrong at the door of a chain. */
export const CHAIN_ERRORS = descriptors({
  UNREACHABLE: {
    code: 'OBOL-C001',
    title: 'the chain cannot be read',
    exitCode: 1,
    hint: 'obol plan',
    retryable: true,
    explanation:
      'The RPC endpoint did not answer, or answered nonsense. Nothing is concluded from that: the step says unknown, and nothing is sent.',
  },
  OTHER_CHAIN: {
    code: 'OBOL-C002',
    title: 'the RPC endpoint serves another chain',
    exitCode: 1,
    explanation: 'eth_chainId differs from the chain that the offer names. Correct spec.chains in obol.yaml.',
  },
})
