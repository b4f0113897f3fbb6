import { privateKeyToAccount } from 'viem/accounts'
import { checkedSigner, type UncheckedSigner } from '../../src/chain/signers/checked-signer.ts'
import { localKey } from '../../src/chain/signers/local-key.ts'
import type { OpenSigner } from '../../src/chain/signers/ports.ts'
import { ObolError } from '../../src/errors/obol-error.ts'
import { SIGNER_ERRORS } from '../../src/errors/signer.ts'

/** The first two keys of anvil's well-known mnemonic: worth nothing anywhere. */
export const TEST_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
export const OTHER_TEST_KEY = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'
export const TEST_ADDRESS = privateKeyToAccount(TEST_KEY).address

/**
 * refuses: REFUSED; silent: never answers until the signal aborts; other-key: a signature of another key; other-nonce: a
 * transaction with the next nonce, typed data with a later deadline. What the checks make of it is what the caller sees.
 */
export type SignerFault = 'refuses' | 'silent' | 'other-key' | 'other-nonce'

/** `fault` may be changed at any time; `requests` counts what it was asked. */
export type TestSigner = OpenSigner & { fault: SignerFault | undefined; requests: number }

/** A signer over a fixed key, with faults that can be switched on. */
export function testSigner({ key = TEST_KEY, fault }: { key?: string; fault?: SignerFault } = {}): TestSigner {
  const [own, other] = [localKey(key), localKey(OTHER_TEST_KEY)]
  if (own === undefined || other === undefined) throw new Error('not a private key')
  const state: { fault: SignerFault | undefined; requests: number } = { fault, requests: 0 }
  const signing = async (signal: AbortSignal | undefined): Promise<UncheckedSigner> => {
    state.requests += 1
    if (state.fault === 'refuses') throw new ObolError(SIGNER_ERRORS.REFUSED)
    if (state.fault === 'silent') await aborted(signal)
    return state.fault === 'other-key' ? other : own
  }
  const signer = checkedSigner(own.address, 'test signer', {
    signTransaction: async (transaction, signal) => {
      const by = await signing(signal)
      const isOther = state.fault === 'other-nonce'
      return by.signTransaction(isOther ? { ...transaction, nonce: transaction.nonce + 1 } : transaction)
    },
    signAgentWalletSet: async (message, signal) => {
      const by = await signing(signal)
      const isOther = state.fault === 'other-nonce'
      return by.signAgentWalletSet(isOther ? { ...message, deadline: message.deadline + 1n } : message)
    },
  })
  return Object.assign(state, signer, { close: async () => undefined })
}

async function aborted(signal: AbortSignal | undefined): Promise<never> {
  if (signal?.aborted !== true) await new Promise((resolve) => signal?.addEventListener('abort', resolve))
  throw new ObolError(SIGNER_ERRORS.INTERRUPTED)
}
