import { ObolError } from '../../errors/obol-error.ts'
import { SIGNER_ERRORS } from '../../errors/signer.ts'
import type { Address, Hex } from '../../util/hex.ts'
import type { AgentWalletSet, Signer, UnsignedTransaction } from '../types.ts'
import { checkAgentWalletSet } from './check-agent-wallet-set.ts'
import { checkTransaction } from './check-transaction.ts'

/** Whoever signs; what comes back is not believed. */
export type UncheckedSigner = {
  /** A serialised transaction, it is said. */
  signTransaction(transaction: UnsignedTransaction, signal?: AbortSignal): Promise<string>
  /** A signature of 65 bytes, it is said. */
  signAgentWalletSet(message: AgentWalletSet, signal?: AbortSignal): Promise<string>
}

/** A signer that returns only what `address` signed and what was asked for; SIGNER_ERRORS otherwise. */
export function checkedSigner(address: Address, description: string, unchecked: UncheckedSigner): Signer {
  return {
    address,
    description,
    async signTransaction(transaction, signal): Promise<{ readonly raw: Hex; readonly hash: Hex }> {
      stopIfAborted(signal)
      const raw = await unchecked.signTransaction(transaction, signal)
      stopIfAborted(signal)
      return checkTransaction(raw, transaction, { address, description })
    },
    async signAgentWalletSet(message, signal): Promise<Hex> {
      stopIfAborted(signal)
      const signature = await unchecked.signAgentWalletSet(message, signal)
      stopIfAborted(signal)
      return checkAgentWalletSet(signature, message, { address, description })
    },
  }
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new ObolError(SIGNER_ERRORS.INTERRUPTED)
}
