import { ObolError } from '../../errors/obol-error.ts'
import { SIGNER_ERRORS } from '../../errors/signer.ts'
import type { JsonObject, JsonValue } from '../../util/json.ts'
import type { AgentWalletSet, SignerSource, UnsignedTransaction } from '../types.ts'
import { AGENT_WALLET_TYPES, agentWalletTypedData } from './agent-wallet-typed-data.ts'
import type { UncheckedSigner } from './checked-signer.ts'
import { badAnswer, type RemoteAnswer, type RemoteOptions, remoteRequest } from './remote-requests.ts'

type Form = 'strings' | 'numbers'

/**
 * Who signs at `/api/v1/sign/{key}/…` of a remote signer; `key` as its list of keys has it. `auto` tries decimal strings
 * and, when the signer cannot read them (400 or 422), JSON integers; what worked is kept.
 */
export function remoteSigner(
  options: RemoteOptions,
  key: string,
  form: NonNullable<NonNullable<SignerSource['remote']>['form']>,
): UncheckedSigner {
  let known: Form | undefined = form === 'auto' ? undefined : form
  const sign = async (transaction: UnsignedTransaction, as: Form, signal: AbortSignal | undefined) =>
    remoteRequest(options, `/api/v1/sign/${key}/transaction`, transactionBody(transaction, as), signal)

  const answerOf = async (transaction: UnsignedTransaction, signal: AbortSignal | undefined): Promise<RemoteAnswer> => {
    if (known !== undefined) return sign(transaction, known, signal)
    const strings = await sign(transaction, 'strings', signal)
    if (strings.ok) known = 'strings'
    // What does not fit into the older form was refused for another reason, or cannot be helped: the first answer counts.
    if (strings.ok || !strings.malformed || tooLarge(transaction) !== undefined) return strings
    const numbers = await sign(transaction, 'numbers', signal)
    if (numbers.ok) known = 'numbers'
    return numbers.ok || !numbers.malformed ? numbers : strings
  }

  return {
    async signTransaction(transaction, signal): Promise<string> {
      return textOf(options, await answerOf(transaction, signal), 'signed_transaction')
    },
    async signAgentWalletSet(message, signal): Promise<string> {
      const answer = await remoteRequest(options, `/api/v1/sign/${key}/typed-data`, typedDataBody(message), signal)
      return textOf(options, answer, 'signature')
    },
  }
}

/**
 * The keys of a remote signer, as it writes them. SIDE EFFECTS: one request. Rejects with ObolError (SIGNER_ERRORS).
 */
export async function remoteKeys(options: RemoteOptions, signal?: AbortSignal): Promise<readonly string[]> {
  const answer = await remoteRequest(options, '/api/v1/keys', undefined, signal)
  if (!answer.ok) throw answer.error
  const keys: JsonValue | undefined = answer.body['keys']
  const isList =
    Array.isArray(keys) && keys.every((key) => typeof key === 'string' && /^(0x)?[0-9a-fA-F]{40}$/.test(key))
  if (!isList) throw badAnswer(options.description, '`keys` is not a list of addresses')
  return keys
}

function transactionBody(transaction: UnsignedTransaction, form: Form): JsonObject {
  if (form === 'numbers') {
    const field = tooLarge(transaction)
    if (field !== undefined) {
      const message = `${field} is above 2^53, which \`form: numbers\` of a remote signer cannot carry`
      throw new ObolError(SIGNER_ERRORS.NUMBER_TOO_LARGE, { message })
    }
  }
  const write = (value: bigint | number): JsonValue => (form === 'strings' ? String(value) : Number(value))
  const numbers = Object.entries(numbersOf(transaction)).map(([name, value]) => [name, write(value)])
  return { ...Object.fromEntries(numbers), to: transaction.to, data: transaction.data }
}

function numbersOf(transaction: UnsignedTransaction): Readonly<Record<string, bigint | number>> {
  return {
    chain_id: transaction.chainId,
    nonce: transaction.nonce,
    gas_limit: transaction.gas,
    max_fee_per_gas: transaction.maxFeePerGas,
    max_priority_fee_per_gas: transaction.maxPriorityFeePerGas,
    value: 0n,
  }
}

/** JSON readers are exact up to 2^53 - 1; the older signers themselves take 64 bits. */
function tooLarge(transaction: UnsignedTransaction): string | undefined {
  return Object.entries(numbersOf(transaction)).find(
    ([, value]) => BigInt(value) > BigInt(Number.MAX_SAFE_INTEGER),
  )?.[0]
}

/** Numbers of the message are decimal strings in both forms: a uint256 fits nowhere else. */
function typedDataBody(asked: AgentWalletSet): JsonObject {
  const { domain, primaryType, message } = agentWalletTypedData(asked)
  return {
    // Some libraries need the domain's type spelled out, the others ignore it.
    types: { EIP712Domain: DOMAIN_TYPE, AgentWalletSet: AGENT_WALLET_TYPES.AgentWalletSet },
    primaryType,
    domain,
    message: { ...message, agentId: String(message.agentId), deadline: String(message.deadline) },
  }
}

const DOMAIN_TYPE = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
] as const

function textOf({ description }: RemoteOptions, answer: RemoteAnswer, field: string): string {
  if (!answer.ok) throw answer.error
  const text = answer.body[field]
  if (typeof text === 'string') return text
  throw badAnswer(description, `\`${field}\` is missing`)
}
