import { inspect } from 'node:util'
import type { AgentWalletSet, UnsignedTransaction } from '../../../src/chain/types.ts'
import { ObolError } from '../../../src/errors/obol-error.ts'
import { TEST_ADDRESS } from '../../support/test-signer.ts'

/** A call of the registry, as a registration sends it. */
export const TRANSACTION: UnsignedTransaction = {
  chainId: 84532,
  nonce: 0,
  to: '0x8004A818BFB912233c491871b3d84c89A494BD9e',
  data: '0xf2c298be00',
  gas: 180_000n,
  maxFeePerGas: 2_000_000_000n,
  maxPriorityFeePerGas: 1_000_000n,
}

/** Its agentId is above 2^53. */
export const WALLET_SET: AgentWalletSet = {
  chainId: 84532,
  registry: '0x8004A818BFB912233c491871b3d84c89A494BD9e',
  agentId: '9007199254740993',
  newWallet: TEST_ADDRESS,
  owner: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  deadline: 1_800_000_000n,
}

/** For assert.rejects: an ObolError with this code, nothing of which, its causes included, holds one of the secrets. */
export function refusal(code: string, secrets: readonly string[] = []): (error: unknown) => true {
  return (error) => {
    if (!(error instanceof ObolError) || error.code !== code) throw new Error(`expected ${code}`, { cause: error })
    withoutSecrets(error, secrets)
    return true
  }
}

/** Fails when a secret is in what JSON or a debugger would show of the value. */
export function withoutSecrets(value: unknown, secrets: readonly string[]): void {
  const options = { depth: 20, showHidden: true, getters: true }
  const shown = `${inspect(value, options)}${JSON.stringify(value)}${String(value)}`.toLowerCase()
  const found = secrets.some((secret) => shown.includes(secret.toLowerCase().replace(/^0x/, '')))
  if (found) throw new Error('a secret is shown')
}
