import { CHAIN_ERRORS } from '../errors/chain.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { ChainFacts, ChainReading } from '../plan/chain.ts'
import { isSameAddress } from '../util/hex.ts'
import { findIdentities } from './find-identities.ts'
import { nonsense } from './read-answer.ts'
import { readState } from './read-state.ts'
import type { RpcClient } from './rpc-client.ts'
import { chainError } from './rpc-failure.ts'
import type { TransferIndex } from './transfer-index.ts'
import type { Block, IdentityQuery } from './types.ts'

/** What an observation needs of its connection. */
export type ObservePorts = {
  readonly client: RpcClient
  readonly transfers: TransferIndex
  /** SIDE EFFECTS: reads; the chain id was checked before. */
  block(at: bigint | 'latest', signal?: AbortSignal): Promise<Block | undefined>
  /** SIDE EFFECTS: waits; rejects with ObolError when interrupted. */
  pause(tried: number, signal?: AbortSignal): Promise<void>
}

/** Readings of one observation, the first included. */
const TRIES = 3
/** A reading that takes longer may outlive the state that its node keeps: it is repeated, with the logs at hand. */
const FRESH_MS = 10_000

/**
 * Everything that is known of an identity's chain at one block: first the head, then the nonces, then all else at that
 * block (the state machine of a registration rests on this order), asked for by its hash, so that a node behind a gateway
 * that has another head cannot answer in its place. Never rejects for what the chain does: what cannot be read, and what
 * does not add up, is an `unknown` reading.
 *
 * SIDE EFFECTS: sends read requests.
 */
export async function observe(ports: ObservePorts, query: IdentityQuery, signal?: AbortSignal): Promise<ChainReading> {
  try {
    return { result: 'read', facts: await observeConsistently(ports, query, signal) }
  } catch (error) {
    if (!(error instanceof ObolError)) throw error
    const { code, message, details, hint } = error
    const text = [message, ...details].join(': ')
    return { result: 'unknown', diagnostic: { severity: 'warning', code, message: text, ...(hint && { hint }) } }
  }
}

async function observeConsistently(
  ports: ObservePorts,
  query: IdentityQuery,
  signal: AbortSignal | undefined,
): Promise<ChainFacts> {
  for (let tried = 1; ; tried++) {
    const began = performance.now()
    const reading = await readOnce(ports, query, signal).catch(asTorn)
    const last = tried === TRIES
    if (reading.result === 'whole' && (last || performance.now() - began < FRESH_MS)) return reading.facts
    if (reading.result === 'torn') {
      // What was indexed may be what is wrong.
      ports.transfers.forget()
      if (last) throw reading.problem
      await ports.pause(tried, signal)
    }
  }
}

type Reading =
  | { readonly result: 'whole'; readonly facts: ChainFacts }
  /** Something does not add up: another reading may do. */
  | { readonly result: 'torn'; readonly problem: ObolError }

/** The head may have been replaced, or be known to the other nodes in a moment. */
function asTorn(error: unknown): Reading {
  if (error instanceof ObolError && error.code === CHAIN_ERRORS.HEADS_DIFFER.code) {
    return { result: 'torn', problem: error }
  }
  throw error
}

async function readOnce(ports: ObservePorts, query: IdentityQuery, signal: AbortSignal | undefined): Promise<Reading> {
  const { client } = ports
  const torn = (problem: string): Reading => ({
    result: 'torn',
    problem: chainError(CHAIN_ERRORS.INCOMPLETE_LOGS, client.at, problem),
  })
  const head = await ports.block('latest', signal)
  if (head === undefined) return nonsense({ answer: undefined, method: 'eth_getBlockByNumber', at: client.at })
  const state = await readState(client, query, head, signal)
  const { identities, problem } = await findIdentities(ports, query, head, state, signal)
  if (problem !== undefined) return torn(problem)
  const again = await ports.block(head.number, signal)
  if (again?.hash !== head.hash) return torn(`block ${head.number} was replaced while it was read`)
  const facts: ChainFacts = {
    block: { number: head.number, hash: head.hash, timestamp: head.timestamp },
    registry: state.registry,
    owner: query.owner,
    ownerIsContract: state.ownerIsContract,
    nonce: state.nonce,
    balance: state.balance,
    fees: state.fees,
    identities: identities
      .filter(({ owner }) => isSameAddress(owner, query.owner))
      .map(({ owner: _, ...identity }) => identity),
    left: identities
      .filter(({ owner, idem }) => !isSameAddress(owner, query.owner) && idem === query.idem.toLowerCase())
      .map(({ agentId, owner }) => ({ agentId, to: owner })),
  }
  return { result: 'whole', facts }
}
