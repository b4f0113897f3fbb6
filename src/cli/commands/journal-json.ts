import { describeEvent } from '../../journal/describe-event.ts'
import { eventFields } from '../../journal/event-fields.ts'
import type { EffortView, IdentityView } from '../../journal/journal-view.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ShownJournal } from './journal-text.ts'

/**
 * A journal for programs, as `schemas/journal-output.schema.json` says; amounts and block numbers are decimal strings.
 */
export function journalJson({ file, view, events, words }: ShownJournal): JsonObject {
  const { counts, cluster, lastRun, identities, open } = view
  return {
    formatVersion: '1.0',
    journal: file,
    counts,
    ...(cluster === undefined ? {} : { cluster }),
    ...(lastRun === undefined ? {} : { lastRun }),
    identities: identities.map(identityJson),
    open,
    ...(events === undefined
      ? {}
      : { events: events.map((event) => ({ ...eventFields(event), text: describeEvent(event, words) })) }),
  }
}

function identityJson({ efforts, ...identity }: IdentityView): JsonObject {
  return { ...identity, efforts: efforts.map(effortJson) }
}

function effortJson({ blockNumber, fee, transactions, ...effort }: EffortView): JsonObject {
  return {
    ...effort,
    ...(blockNumber === undefined ? {} : { blockNumber: String(blockNumber) }),
    ...(fee === undefined ? {} : { fee: String(fee) }),
    transactions: transactions.map((transaction) => ({ ...transaction })),
  }
}
