import { plural } from '../util/plural.ts'
import type { Kind } from './markdown-fit.ts'

/** What can be left out of a comment, and how it is counted. */
export const KINDS = {
  conflict: counted('conflict'),
  error: counted('error'),
  mistake: counted('mistake'),
  warning: counted('warning'),
  note: counted('note'),
  resolved: counted('finding that the change puts right', 'findings that the change puts right'),
  withdrawn: counted('withdrawn step'),
  pending: counted('step that is pending already', 'steps that are pending already'),
  pendingFinding: counted('finding about what is pending already', 'findings about what is pending already'),
  orphan: counted('object that is left alone', 'objects that are left alone'),
  graph: { key: 'graph', words: () => 'the graph' },
  mainRow: counted('offer that changes', 'offers that change'),
  createRow: counted('offer that only creates', 'offers that only create'),
  idleRow: counted('offer that waits or stays', 'offers that wait or stay'),
  mainBlock: details('offer that changes', 'offers that change'),
  createBlock: details('offer that only creates', 'offers that only create'),
  idleBlock: details('offer that waits or stays', 'offers that wait or stay'),
} as const satisfies Readonly<Record<string, Kind>>

function counted(one: string, several = `${one}s`): Kind {
  return { key: one, words: (count) => plural(count, one, several) }
}

function details(one: string, several: string): Kind {
  return { key: `details of ${one}`, words: (count) => `the details of ${plural(count, one, several)}` }
}
