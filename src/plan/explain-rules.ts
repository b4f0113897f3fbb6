import { ownersText } from './render-changes.ts'
import type { Owner } from './types.ts'

/** Which rule decides what becomes of a field. */
export const RULES = [
  'created',
  'deleted',
  'server',
  'conflict',
  'taken',
  'yielded',
  'shared-by-decision',
  'null-out',
  'removed',
  'ours',
  'shared',
  'same-value',
  'claimed',
  'set',
  'default',
  'theirs',
  'unowned',
] as const
export type Rule = (typeof RULES)[number]

/** What a sentence is made of; owners without ourselves. */
export type RuleFacts = {
  readonly others: readonly Owner[]
  /** The closed subtree that the field is in. */
  readonly closed?: string
  /** RFC 3339: dates are shown relative to it. */
  readonly now: string
}

/** One or two sentences that say why a field will be as the plan says. */
export function explainRule(rule: Rule, facts: RuleFacts): string {
  return SENTENCES[rule](facts, facts.others.length === 0 ? 'nobody' : ownersText(facts.others, facts.now))
}

const SENTENCES: Readonly<Record<Rule, (facts: RuleFacts, others: string) => string>> = {
  created: () => 'The object does not exist yet; it is created with this value.',
  deleted: () => 'The object is no longer in the workspace; it is deleted with all its fields.',
  server: (_, others) =>
    `Only the API server and controllers write this field${others === 'nobody' ? '' : ` (${others})`}; an offer never sets it.`,
  conflict: (_, others) =>
    `The offer wants another value than ${others} set. Nothing is written to the object until you take, yield or share the field.`,
  taken: (_, others) => `You decided to take it: our value replaces that of ${others}, and obol/Apply alone owns it.`,
  yielded: (_, others) => `You decided to yield it: the value of ${others} stays, and the offer's is not asked for.`,
  'shared-by-decision': (_, others) =>
    `You decided to share it: the value of ${others} stays, and obol/Apply owns it as well.`,
  'null-out': ({ closed }, others) =>
    `${closed ?? 'The mapping'} is closed: below it only what the offer has may exist. The field belongs to ${others}, so its ownership moves to obol/Apply first; the apply then removes it.`,
  removed: ({ closed }) =>
    closed === undefined
      ? 'obol/Apply alone owns it and the offer no longer has it, so the apply removes it.'
      : `${closed} is closed and the offer does not have this field; obol/Apply owns it, so the apply removes it.`,
  ours: () => 'obol/Apply alone owns it, and the offer says what it is.',
  shared: (_, others) =>
    `obol/Apply and ${others} both own it and agree on the value; whoever changes it first has a conflict.`,
  'same-value': (_, others) =>
    `${others} set the value that the offer wants; the apply makes obol/Apply an owner as well.`,
  set: () => 'The field is not there yet; the apply sets it, and obol/Apply owns it.',
  claimed: () => 'Nobody owns it; the apply makes obol/Apply its owner.',
  default: () => "The schema's default. Nobody owns it, so it never differs from an offer that does not say it.",
  theirs: (_, others) => `The offer does not have it. It belongs to ${others} and stays as it is.`,
  unowned: () => 'The offer does not have it and nobody owns it; it stays as it is.',
}
