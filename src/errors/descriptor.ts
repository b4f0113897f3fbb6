/** One entry of the error catalogue; `docs/errors.md` is generated from all of them. */
export type Descriptor = {
  /** `OBOL-` + a letter per subject (O offers, W workspace, K cluster, P plan, A apply, C chain, G signers, R registration, B base, V saved plans, T snapshots, Y policies, S sandbox, M merge, U usage) + three digits. */
  readonly code: string
  /** One sentence without a full stop; the default message. */
  readonly title: string
  /** 1 error, 2 changes pending, 3 applied in part, 4 conflict, 5 stale plan, 6 refused by a safety rule, 64 usage, 130 interrupted. */
  readonly exitCode: 1 | 2 | 3 | 4 | 5 | 6 | 64 | 130
  /** What to do next, as a command where one exists. */
  readonly hint?: string
  /** True when the same call may succeed later without a change by the user. */
  readonly retryable?: boolean
  /** A paragraph for the docs: what it means and why it is an error. */
  readonly explanation: string
}

/** Checks a subject's table: every key is the code's own name in the source. */
export function descriptors<const T extends Readonly<Record<string, Descriptor>>>(table: T): T {
  return table
}
