import type { TransactionSerializedEIP1559 } from 'viem'
import { keccak256, parseTransaction, recoverAddress, serializeTransaction } from 'viem/utils'
import { type Hex, isSameAddress } from '../../util/hex.ts'
import type { UnsignedTransaction } from '../types.ts'
import { isLowSignature, notWhatWasAsked, type SignedBy, wrongKey } from './signature-errors.ts'

type Parsed = ReturnType<typeof parseTransaction<TransactionSerializedEIP1559>>

/**
 * The signed transaction and its hash, when it is byte for byte the one that was asked for (type 2, no value, no access
 * list), signed by `by.address` in the low form of EIP-2. Rejects with ObolError NOT_WHAT_WAS_ASKED or WRONG_KEY.
 */
export async function checkTransaction(
  signed: string,
  asked: UnsignedTransaction,
  by: SignedBy,
): Promise<{ readonly raw: Hex; readonly hash: Hex }> {
  const raw = eip1559(signed)
  if (raw === undefined) throw notWhatWasAsked(by, ['it is not a transaction of type 2 (EIP-1559) in hex'])
  const parsed = parse(raw)
  if (parsed === undefined) throw notWhatWasAsked(by, ['it cannot be read as a transaction of type 2 (EIP-1559)'])
  const details = differences(parsed, asked)
  if (details.length > 0) throw notWhatWasAsked(by, details)
  const { r, s, yParity } = parsed
  if (r === undefined || s === undefined || yParity === undefined) throw notWhatWasAsked(by, ['it is not signed'])
  if (!isLowSignature(s)) throw notWhatWasAsked(by, ['the signature is not in the low form (EIP-2)'])
  // What the parser is lenient about, such as leading zeros, a node may not be; and the hash would be another one.
  const transaction = { type: 'eip1559', value: 0n, ...asked } as const
  const signature = { r, s, yParity }
  if (serializeTransaction(transaction, signature) !== raw)
    throw notWhatWasAsked(by, ['it is not encoded the one way that EIP-1559 allows'])
  const signer = await recoverAddress({ hash: keccak256(serializeTransaction(transaction)), signature }).catch(
    () => undefined,
  )
  if (signer === undefined || !isSameAddress(signer, by.address)) throw wrongKey(by, signer)
  return { raw, hash: keccak256(raw) }
}

function eip1559(signed: string): TransactionSerializedEIP1559 | undefined {
  const [, digits] = /^0x02((?:[0-9a-f]{2})+)$/.exec(signed.trim().toLowerCase()) ?? []
  return digits === undefined ? undefined : `0x02${digits}`
}

function parse(raw: TransactionSerializedEIP1559): Parsed | undefined {
  try {
    return parseTransaction(raw)
  } catch {
    return undefined
  }
}

/** One line for each field that is not as asked; the parser leaves out what is zero or empty. */
function differences(parsed: Parsed, asked: UnsignedTransaction): readonly string[] {
  const pairs: readonly (readonly [string, bigint | number | string, bigint | number | string])[] = [
    ['chainId', parsed.chainId, asked.chainId],
    ['nonce', parsed.nonce ?? 0, asked.nonce],
    ['to', (parsed.to ?? '(none)').toLowerCase(), asked.to.toLowerCase()],
    ['gas', parsed.gas ?? 0n, asked.gas],
    ['maxFeePerGas', parsed.maxFeePerGas ?? 0n, asked.maxFeePerGas],
    ['maxPriorityFeePerGas', parsed.maxPriorityFeePerGas ?? 0n, asked.maxPriorityFeePerGas],
    ['value', parsed.value ?? 0n, 0n],
    ['access list', parsed.accessList?.length ?? 0, 0],
  ]
  const isSameData = (parsed.data ?? '0x') === asked.data.toLowerCase()
  return [
    ...pairs.filter(([, is, was]) => is !== was).map(([name, is, was]) => `${name} is ${is}, asked was ${was}`),
    ...(isSameData ? [] : ['the data of the call is another']),
  ]
}
