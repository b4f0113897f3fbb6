import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import type { Address, Hex } from '../../util/hex.ts'
import type { AgentWalletSet, UnsignedTransaction } from '../types.ts'
import { agentWalletTypedData } from './agent-wallet-typed-data.ts'
import type { UncheckedSigner } from './checked-signer.ts'

/** A private key of this process: what it signs is not checked yet. The key is in no property of it. */
export type LocalKey = UncheckedSigner & { readonly address: Address }

/** A key from 64 hexadecimal digits, with or without `0x`; undefined for any other text, and for no number of the curve. */
export function localKey(text: string): LocalKey | undefined {
  const [, digits] = /^(?:0x)?([0-9a-fA-F]{64})$/.exec(text) ?? []
  const account = digits === undefined ? undefined : accountOf(`0x${digits}`)
  if (account === undefined) return undefined
  return {
    address: account.address,
    signTransaction: (transaction: UnsignedTransaction) =>
      account.signTransaction({ type: 'eip1559', value: 0n, ...transaction }),
    signAgentWalletSet: (message: AgentWalletSet) => account.signTypedData(agentWalletTypedData(message)),
  }
}

/** The error of the curve library would name the number, so it is dropped. */
function accountOf(key: Hex): PrivateKeyAccount | undefined {
  try {
    return privateKeyToAccount(key)
  } catch {
    return undefined
  }
}
