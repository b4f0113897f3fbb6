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
  UNKNOWN: {
    code: 'OBOL-R005',
    title: 'what became of the step is not known',
    exitCode: 1,
    hint: 'obol apply',
    retryable: true,
    explanation:
      'The chain could not be read in time. What was signed is in the journal; the next apply looks for it and goes on. Nothing is planned anew from a reading that failed.',
  },
  STUCK: {
    code: 'OBOL-R006',
    title: 'the chain contradicts itself',
    exitCode: 1,
    hint: 'obol journal',
    explanation:
      'A transaction succeeded and its effect cannot be seen. The RPC endpoint may be faulty, or the registry is not the one it should be.',
  },
  REFUSED: {
    code: 'OBOL-R007',
    title: 'the node refuses the transaction',
    exitCode: 1,
    hint: 'obol apply',
    retryable: true,
    explanation:
      'The transaction is signed and recorded; the node did not take it, for instance because the owner holds too little. The next apply offers it again, with the same nonce.',
  },
  REVERTED: {
    code: 'OBOL-R008',
    title: 'the transaction was mined and reverted',
    exitCode: 1,
    hint: 'obol plan',
    explanation:
      'The registry refused the call when it was mined; only the fee is spent. The next plan simulates it anew and says why.',
  },
  WOULD_REVERT: {
    code: 'OBOL-R009',
    title: 'the registry would refuse the call',
    exitCode: 1,
    hint: 'obol plan',
    explanation:
      'The simulation reverted, so nothing is signed. ERC721InvalidReceiver: the owner is a contract that cannot receive tokens; use another owner.',
  },
  NO_FUNDS: {
    code: 'OBOL-R010',
    title: 'the owner cannot pay the fee',
    exitCode: 1,
    hint: 'obol apply',
    retryable: true,
    explanation:
      "The balance of the owner is below the most the transaction may cost. Send it some of the chain's coin, and apply again.",
  },
  CHANGED: {
    code: 'OBOL-R011',
    title: 'the chain is not as planned any more',
    exitCode: 1,
    hint: 'obol apply',
    retryable: true,
    explanation: 'Between plan and apply something changed that the plan relies on. Nothing was sent; plan again.',
  },
  AMBIGUOUS: {
    code: 'OBOL-R012',
    title: "none of the owner's identities can be told to be this workspace's",
    exitCode: 1,
    hint: 'obol plan',
    explanation:
      'The owner holds identities without our idempotency key, with other URIs. Minting would buy a second one, so you say which is meant: spec.chains.<network>.agentId in obol.yaml, with its id, or with the word new to mint.',
  },
  LEFT: {
    code: 'OBOL-R013',
    title: 'the identity went to somebody else',
    exitCode: 1,
    hint: 'obol plan',
    explanation:
      'A token with our idempotency key is held by another address. It is not bought a second time unless spec.chains.<network>.agentId in obol.yaml says new.',
  },
  NOT_HELD: {
    code: 'OBOL-R014',
    title: 'the owner does not hold the identity that the workspace file names',
    exitCode: 1,
    hint: 'obol plan',
    explanation:
      "spec.chains.<network>.agentId names a token that is somebody else's, or none. Correct it, or take it out.",
  },
  OWNER_PENDING: {
    code: 'OBOL-R015',
    title: 'a transaction of the owner is pending that is not ours',
    exitCode: 1,
    hint: 'obol apply',
    retryable: true,
    explanation:
      'The node holds a transaction of the owner that this journal does not know: from another tool, or from a journal that was lost. It may be a registration, so nothing is sent until it is mined or dropped.',
  },
  SIGNER_BUSY: {
    code: 'OBOL-R016',
    title: 'another process is using the signer',
    exitCode: 1,
    hint: 'obol apply',
    retryable: true,
    explanation:
      'Two processes of this machine may not hand out nonces of one owner at the same time. Wait for the other to end, and apply again.',
  },
  NO_WALLET_SIGNER: {
    code: 'OBOL-R017',
    title: 'no signer is configured for the wallet',
    exitCode: 1,
    hint: 'obol plan',
    explanation:
      'The registry sets an agent wallet only with a signature of that wallet (EIP-712). Add a signer for it under spec.wallets in obol.yaml.',
  },
  CLOCK: {
    code: 'OBOL-R018',
    title: 'the clock of this machine and that of the chain differ',
    exitCode: 1,
    hint: 'date --utc',
    explanation:
      "The chain's own clock is used for deadlines, so nothing is lost; payments that are signed on this machine may be refused.",
  },
  SIGNER_NOT_PAYEE: {
    code: 'OBOL-R019',
    title: 'the identity and the payments go to different addresses',
    exitCode: 1,
    explanation:
      'Informational: the owner of the identity and the payee of an offer may differ. The two can be tied together with registration.wallet.',
  },
  NODE_BEHIND: {
    code: 'OBOL-R021',
    title: 'the node is not as far as this journal has seen the chain',
    exitCode: 1,
    hint: 'obol apply',
    retryable: true,
    explanation:
      'What a node does not show may only not have arrived there yet, so nothing is concluded from it. Wait, or use another RPC endpoint. If the chain was reset to an older state on purpose, move the journal away.',
  },
  NO_RPC: {
    code: 'OBOL-R020',
    title: 'no RPC endpoint is known for the chain',
    exitCode: 1,
    explanation:
      'Set spec.chains.<network>.rpc in obol.yaml or the environment variable OBOL_RPC_<NETWORK>; the stack has endpoints of its own for base-sepolia, base and ethereum.',
  },
})
