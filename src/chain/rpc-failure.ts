import { CHAIN_ERRORS } from '../errors/chain.ts'
import type { Descriptor } from '../errors/descriptor.ts'
import { ObolError } from '../errors/obol-error.ts'
import { rpcVariable } from './rpc-url-of.ts'

/** What a node said instead of a result; the message as it came, unmasked. */
export type RpcError = { readonly code: number; readonly message: string; readonly data?: unknown }

/** Why an exchange brought no usable answer. `detail` is the code of the system or the status, never a URL. */
export type RpcFailure =
  | { readonly kind: 'unreachable' | 'nonsense' | 'too-large'; readonly detail: string }
  | { readonly kind: 'timed-out' | 'rate-limited' | 'unauthorized' | 'interrupted'; readonly detail: string }

/** Whom an error is about. `mask` removes everything of the URL that may be a secret. */
export type RpcContext = {
  readonly network: string
  readonly endpoint: string
  mask(text: string): string
}

const DESCRIPTOR_OF_KIND: Readonly<Record<RpcFailure['kind'], Descriptor>> = {
  unreachable: CHAIN_ERRORS.UNREACHABLE,
  nonsense: CHAIN_ERRORS.BAD_ANSWER,
  'too-large': CHAIN_ERRORS.BAD_ANSWER,
  'timed-out': CHAIN_ERRORS.TIMED_OUT,
  'rate-limited': CHAIN_ERRORS.RATE_LIMITED,
  unauthorized: CHAIN_ERRORS.UNAUTHORIZED,
  interrupted: CHAIN_ERRORS.INTERRUPTED,
}

/** The error for the user: it names chain, host and method; texts of the node are masked, and no cause with a URL is kept. */
export function chainError(descriptor: Descriptor, at: RpcContext, ...words: readonly string[]): ObolError {
  const details = words.filter((text) => text !== '').map((text) => at.mask(text).slice(0, 500))
  return new ObolError(descriptor, {
    message: `${descriptor.title} (${at.network}, ${at.endpoint})`,
    details,
    hint: descriptor.hint ?? `${rpcVariable(at.network)}=<url> obol plan`,
  })
}

/** The error of an exchange that failed. */
export function failureError(failure: RpcFailure, at: RpcContext, methods: string): ObolError {
  return chainError(DESCRIPTOR_OF_KIND[failure.kind], at, `${methods}: ${failure.detail}`)
}

/** The error of a read that the node refused. */
export function refusedError(error: RpcError, at: RpcContext, method: string): ObolError {
  if (isRateLimit(error)) return chainError(CHAIN_ERRORS.RATE_LIMITED, at, `${method}: ${error.message}`)
  return chainError(CHAIN_ERRORS.REFUSED, at, `${method}: ${error.message} (${error.code})`)
}

/** Too many requests, in the words of the providers; the size of one answer is another matter. */
export function isRateLimit({ code, message }: RpcError): boolean {
  if (code === 429 || code === -32029) return true
  return /rate.?limit|too many requests|requests? per|request (?:count|limit) exceeded|throughput|compute units|daily (?:request|limit)|exceeded .*capacity/i.test(
    message,
  )
}

/** The node behind a gateway has not seen the block (yet) that another one already had, or has another in its place. */
export function isLagging({ code, message }: RpcError): boolean {
  // EIP-1898: -32001 for a block that is not there.
  if (code === -32001) return true
  return /header (?:for hash )?not found|not (?:currently )?canonical|unknown block|block not found|block .*(?:not|n't) (?:be )?found|out of range|could not find block|after last accepted|not yet available/i.test(
    message,
  )
}

/** The node has thrown the state of that block away, or never had it. */
export function isMissingState({ message }: RpcError): boolean {
  return /missing trie node|pruned|historical (?:state|balance|data)|state .*(?:not available|unavailable|discarded|not found|missing)|archive|proof window|old data not available/i.test(
    message,
  )
}

/** A range of logs that is too wide, has too many results, or takes too long: a part of it may do. */
export function isTooMuch({ code, message }: RpcError): boolean {
  if (code === -32005 || code === -32614 || code === -32016) return true
  return /range|too many|limit|exceed|more than|too (?:large|wide|big|long)|maximum|time(?:d)?.?out|timeout|response size|returned more/i.test(
    message,
  )
}
