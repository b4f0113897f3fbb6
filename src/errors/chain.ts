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
      'The RPC endpoint did not answer, or its gateway failed. Nothing is concluded from that: the step says unknown, and nothing is sent.',
  },
  OTHER_CHAIN: {
    code: 'OBOL-C002',
    title: 'the RPC endpoint serves another chain',
    exitCode: 1,
    explanation: 'eth_chainId differs from the chain that the offer names. Correct spec.chains in obol.yaml.',
  },
  NO_REGISTRY: {
    code: 'OBOL-C003',
    title: 'no contract stands at the address of the identity registry',
    exitCode: 1,
    explanation:
      'eth_getCode is empty at the registry of this chain. The endpoint may be of a private copy of the chain, or it has not caught up.',
  },
  UNEXPECTED_REGISTRY: {
    code: 'OBOL-C004',
    title: 'the identity registry is not of the version this program knows',
    exitCode: 1,
    explanation:
      'The registry can be upgraded by its owner. getVersion does not begin with 2., so what a call would do is not known, and nothing is sent.',
  },
  INCOMPLETE_LOGS: {
    code: 'OBOL-C005',
    title: 'the logs of the endpoint do not account for all identities of the owner',
    exitCode: 1,
    hint: 'obol plan',
    retryable: true,
    explanation:
      'balanceOf says that the owner holds another number of identities than the logs lead to; or the owner holds none, and the endpoint has no log of the first identity of the registry, so it keeps no old logs. Such an endpoint could hide a registration, and a second one would be bought: nothing is sent.',
  },
  TOO_MANY_LOGS: {
    code: 'OBOL-C006',
    title: 'the endpoint gives logs in pieces too small to read them all',
    exitCode: 1,
    explanation:
      'Reading all transfers of the owner took more requests or more time than allowed. Use an endpoint that serves wider block ranges.',
  },
  TIMED_OUT: {
    code: 'OBOL-C007',
    title: 'the RPC endpoint did not answer in time',
    exitCode: 1,
    hint: 'obol plan',
    retryable: true,
    explanation: 'A request had no answer within its time limit. A transaction that was being sent may have arrived.',
  },
  RATE_LIMITED: {
    code: 'OBOL-C008',
    title: 'the RPC endpoint limits the rate of requests',
    exitCode: 1,
    hint: 'obol plan',
    retryable: true,
    explanation: 'The endpoint kept answering 429 or its like. Wait, or use an endpoint with a higher limit.',
  },
  BAD_ANSWER: {
    code: 'OBOL-C009',
    title: 'the RPC endpoint answered nonsense',
    exitCode: 1,
    explanation:
      'The answer is not JSON-RPC, or a value in it is not what the method returns. The URL may be of something else than an Ethereum node.',
  },
  REFUSED: {
    code: 'OBOL-C010',
    title: 'the RPC endpoint refused a request',
    exitCode: 1,
    explanation: 'The node answered a request that reads with an error of its own.',
  },
  UNAUTHORIZED: {
    code: 'OBOL-C011',
    title: 'the RPC endpoint does not accept the credentials',
    exitCode: 1,
    explanation:
      'The endpoint answered 401 or 403. The key in its URL may be wrong, expired or not allowed on this chain.',
  },
  BAD_URL: {
    code: 'OBOL-C012',
    title: 'the RPC URL is not an http or https URL',
    exitCode: 1,
    explanation:
      'An RPC endpoint is an absolute http:// or https:// URL. It is not repeated here as it may hold a key.',
  },
  INTERRUPTED: {
    code: 'OBOL-C013',
    title: 'the request to the chain was interrupted',
    exitCode: 130,
    explanation: 'A signal or the end of the command cut it off. A transaction that was being sent may have arrived.',
  },
  NO_RPC_URL: {
    code: 'OBOL-C014',
    title: 'no RPC endpoint of the chain is known',
    exitCode: 1,
    explanation:
      'The stack serves no endpoint of this chain. Name one by spec.chains in obol.yaml, or by OBOL_RPC_ and the name of the chain in the environment.',
  },
  HEADS_DIFFER: {
    code: 'OBOL-C015',
    title: 'the nodes behind the RPC endpoint do not agree on the newest block',
    exitCode: 1,
    hint: 'obol plan',
    retryable: true,
    explanation:
      'Everything is asked for by the hash of one block, and a node of the endpoint did not have it: it is behind, or on another branch. What it would say of its own newest block could hide a registration, so nothing is concluded and nothing is sent.',
  },
  OLD_STATE: {
    code: 'OBOL-C016',
    title: 'the node keeps no state as old as finality needs',
    exitCode: 1,
    explanation:
      'Whether the last transaction of the owner is final is told by its nonce that many blocks ago. Use a node that keeps the state of that many blocks, or lower spec.chains.<network>.confirmations in obol.yaml.',
  },
  NO_BLOCK_HASH: {
    code: 'OBOL-C017',
    title: 'the RPC endpoint cannot be asked for a block by its hash',
    exitCode: 1,
    explanation:
      'State and logs are read by the hash of one block (EIP-1898, EIP-234), which keeps a node with another head from answering in its place. This endpoint does not understand that: use another one.',
  },
})
