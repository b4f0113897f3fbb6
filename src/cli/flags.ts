import { ObolError } from '../errors/obol-error.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'
import { parsePath, parseTarget } from '../plan/parse-path.ts'
import type { Context } from './context.ts'

/** Flags that every command has. `noColor` is read before parsing (`wantsColour`) and stands here for the help. */
export type CommonFlags = { readonly json?: boolean; readonly noColor?: boolean }

export const COMMON_FLAGS = {
  json: { kind: 'boolean', brief: 'Print JSON on stdout', optional: true, withNegated: false },
  noColor: { kind: 'boolean', brief: 'Never colour the output', optional: true, withNegated: false },
} as const

/** Flags of commands that work in a workspace. */
export type WorkspaceFlags = { readonly workspace?: string }

export const WORKSPACE_FLAGS = {
  workspace: {
    kind: 'parsed',
    parse: text,
    brief: 'Folder to work in',
    placeholder: 'DIR',
    optional: true,
  },
} as const

/** Flags of commands that talk to a cluster. */
export type ClusterFlags = { readonly kubeconfig?: string; readonly context?: string }

export const CLUSTER_FLAGS = {
  kubeconfig: { kind: 'parsed', parse: text, brief: 'Kubeconfig to use', placeholder: 'FILE', optional: true },
  context: { kind: 'parsed', parse: text, brief: 'Context of the kubeconfig', placeholder: 'NAME', optional: true },
} as const

/** A value that must not be empty. */
export function text(input: string): string {
  // stricli takes `--flag=` without a value for an argument of that name.
  if (input !== '' && !/^--[a-z-]+=$/i.test(input)) return input
  throw new ObolError(USAGE_ERRORS.BAD_VALUE, { message: 'it may not be empty' })
}

/** A TCP port; 0 lets the system choose. */
export function port(input: string): number {
  const value = Number(input)
  if (/^\d+$/.test(input) && value <= 65_535) return value
  throw new ObolError(USAGE_ERRORS.BAD_VALUE, { message: 'a port is a number from 0 to 65535' })
}

/** A number of seconds, at least one. */
export function seconds(input: string): number {
  return atLeastOne(input, 'seconds')
}

/** A whole number from one. */
export function count(input: string): number {
  return atLeastOne(input, 'a whole number')
}

function atLeastOne(input: string, what: string): number {
  if (/^[1-9]\d{0,8}$/.test(input)) return Number(input)
  throw new ObolError(USAGE_ERRORS.BAD_VALUE, { message: `it is ${what}, at least 1` })
}

/** A field, of one object or of all that have it. */
export type Target = { readonly object?: string; readonly path: string }

/** `[NS/NAME:]PATH`, the path as a plan writes it. */
export function target(input: string): Target {
  const parsed = parseTarget(text(input))
  if (parsePath(parsed.path) !== undefined) return parsed
  throw new ObolError(USAGE_ERRORS.BAD_VALUE, { message: 'it is no field path such as spec.payment.payTo' })
}

/** Targets that begin with what was typed. */
export async function targetsOf(this: Context, partial: string): Promise<readonly string[]> {
  return (await import('./completion/propose-targets.ts')).proposeTargets(this, partial)
}

/** One of a few words; unlike stricli's enum it leaves the help within 80 columns. */
export function oneOf<const T extends string>(words: readonly T[]): (input: string) => T {
  return (input) => {
    const found = words.find((word) => word === input)
    if (found !== undefined) return found
    throw new ObolError(USAGE_ERRORS.BAD_VALUE, { message: `one of ${words.join(', ')}` })
  }
}

/** Flags of commands that make a plan. */
export type PlanFlags = CommonFlags &
  WorkspaceFlags &
  ClusterFlags & {
    readonly take?: readonly Target[]
    readonly yield?: readonly Target[]
    readonly share?: readonly Target[]
    readonly prune?: boolean
    readonly maxPrune?: number
    readonly all?: boolean
    readonly concurrency?: number
    readonly requestTimeout?: number
  }

function targets(brief: string) {
  return {
    kind: 'parsed',
    parse: target,
    proposeCompletions: targetsOf,
    brief,
    placeholder: 'PATH',
    optional: true,
    variadic: true,
  } as const
}

export const PLAN_FLAGS = {
  take: targets('Settle a conflict: our value, our field'),
  yield: targets('Settle a conflict: their value, their field'),
  share: targets('Settle a conflict: their value, owned by both'),
  prune: { kind: 'boolean', brief: 'Delete what is no longer wanted', optional: true, withNegated: false },
  maxPrune: {
    kind: 'parsed',
    parse: count,
    brief: 'Approve up to that many deletions',
    placeholder: 'N',
    optional: true,
  },
  all: { kind: 'boolean', brief: 'Show what does not change as well', optional: true, withNegated: false },
  concurrency: { kind: 'parsed', parse: count, brief: 'Requests side by side', placeholder: 'N', optional: true },
  requestTimeout: {
    kind: 'parsed',
    parse: seconds,
    brief: 'Give up on a request after that long; default: 30',
    placeholder: 'SECONDS',
    optional: true,
  },
  ...WORKSPACE_FLAGS,
  ...CLUSTER_FLAGS,
  ...COMMON_FLAGS,
} as const
