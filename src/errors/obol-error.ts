import type { Descriptor } from './descriptor.ts'

/** Where an error is: a position in a file, or an object and a field of it. */
export type Where =
  | { readonly file: string; readonly line?: number; readonly column?: number }
  | { readonly object: string; readonly field?: string }

/** One mistake in a file, for what can point at it; line and column count from 1. */
export type Place = {
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly message: string
  readonly file: string
  readonly line: number
  readonly column: number
  /** The field; empty where the whole document or file is meant. */
  readonly path: string
  readonly hint?: string
}

export type ObolErrorOptions = {
  /** Replaces the descriptor's title as the one-sentence message. */
  readonly message?: string
  readonly where?: Where
  /** One line each, printed under the message. */
  readonly details?: readonly string[]
  /** What to do next, as a command where one exists; replaces the descriptor's hint. */
  readonly hint?: string
  /** What `details` says in words, where each has a place. */
  readonly places?: readonly Place[]
  readonly cause?: unknown
}

/**
 * The one error that reaches a user. `code` and `exitCode` come from the catalogue; text is masked before it is
 * formatted, so neither `message`, `details` nor `hint` may ever hold a secret.
 */
export class ObolError extends Error {
  override readonly name: string = 'ObolError'
  readonly code: string
  readonly exitCode: number
  readonly retryable: boolean
  readonly where: Where | undefined
  readonly details: readonly string[]
  readonly hint: string | undefined
  readonly places: readonly Place[]

  constructor(descriptor: Descriptor, options: ObolErrorOptions = {}) {
    super(options.message ?? descriptor.title, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = descriptor.code
    this.exitCode = descriptor.exitCode
    this.retryable = descriptor.retryable ?? false
    this.where = options.where
    this.details = options.details ?? []
    this.hint = options.hint ?? descriptor.hint
    this.places = options.places ?? []
  }
}
