import { recoverTypedDataAddress } from 'viem/utils'
import { type Hex, isSameAddress } from '../../util/hex.ts'
import type { AgentWalletSet } from '../types.ts'
import { agentWalletTypedData } from './agent-wallet-typed-data.ts'
import { isLowSignature, notWhatWasAsked, type SignedBy, wrongKey } from './signature-errors.ts'

/**
 * The signature (r, s, v; 65 bytes; v 27 or 28, also where 0 or 1 came back) of exactly this typed data by `by.address`.
 * Rejects with ObolError NOT_WHAT_WAS_ASKED (no such signature) or WRONG_KEY (of another key, or of other data).
 */
export async function checkAgentWalletSet(signature: string, asked: AgentWalletSet, by: SignedBy): Promise<Hex> {
  const [, r, s, v] = /^0x([0-9a-f]{64})([0-9a-f]{64})([0-9a-f]{2})$/.exec(signature.trim().toLowerCase()) ?? []
  const recovery = v === undefined ? undefined : RECOVERY[v]
  if (recovery === undefined) throw notWhatWasAsked(by, ['it is not a signature of 65 bytes in hex'])
  if (!isLowSignature(`0x${s}`)) throw notWhatWasAsked(by, ['the signature is not in the low form (EIP-2)'])
  const normal: Hex = `0x${r}${s}${recovery}`
  const typedData = agentWalletTypedData(asked)
  const signer = await recoverTypedDataAddress({ ...typedData, signature: normal }).catch(() => undefined)
  if (signer === undefined || !isSameAddress(signer, by.address)) throw wrongKey(by, signer)
  return normal
}

/** Older images of the remote signer return 0 or 1; the registry's ECDSA takes 27 and 28 only. */
const RECOVERY: Readonly<Record<string, string>> = { '00': '1b', '01': '1c', '1b': '1b', '1c': '1c' }
