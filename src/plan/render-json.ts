import type { JsonObject, JsonValue } from '../util/json.ts'
import type { ChainCall, FeeRange } from './chain.ts'
import type {
  BaseView,
  ChainView,
  ChangeView,
  ConflictView,
  GroupView,
  HeaderView,
  IdentityView,
  ObjectView,
  PlanView,
  RowView,
  SummaryView,
} from './plan-view.ts'
import type { ReportView } from './report-view.ts'
import type { Diagnostic, Owner } from './types.ts'

/** Raised by one before the dot when a field goes or changes its meaning, after it when one is added. */
const PLAN_OUTPUT_VERSION = '1.2'

/**
 * A plan for programs, as `schemas/plan-output.schema.json` says: keys in a fixed order, values masked. A field that is
 * not there has no `before` or `after`; JSON's null is a value. Amounts of coins are decimal strings of wei. Pure.
 */
export function renderJson(view: PlanView): JsonObject {
  return {
    formatVersion: PLAN_OUTPUT_VERSION,
    ...headerToJson(view.header),
    summary: summaryToJson(view.summary),
    groups: view.groups.map(groupToJson),
    orphans: view.orphans.map(objectToJson),
    diagnostics: view.diagnostics.map(diagnosticToJson),
    ...optional('base', view.base === undefined ? undefined : baseToJson(view.base)),
  }
}

/** A report for programs: the plan, with the commit where it is known, or the problems that kept it from being made. Pure. */
export function renderReportJson({ plan, problems, commit }: ReportView): JsonObject {
  const ofCommit = optional('commit', commit)
  if (plan !== undefined) return { ...renderJson(plan), ...ofCommit }
  return { formatVersion: PLAN_OUTPUT_VERSION, ...ofCommit, problems: problems.map(diagnosticToJson) }
}

function baseToJson({ ref, commit, withdrawn, orphans, resolved, counts }: BaseView): JsonObject {
  return {
    ref,
    commit,
    counts,
    withdrawn: withdrawn.map(rowToJson),
    ...optional('orphans', orphans?.map(objectToJson)),
    resolved: resolved.map(diagnosticToJson),
  }
}

function headerToJson(header: HeaderView): JsonObject {
  return {
    workspace: { id: header.workspaceId, name: header.workspace },
    cluster: { context: header.context, server: header.server, version: header.version },
    readAt: header.readAt,
    requests: header.requests,
    ...optional('seconds', header.seconds),
    ...optional('source', header.source),
  }
}

function summaryToJson({ sentence, fees, ...counts }: SummaryView): JsonObject {
  const sums = fees.map(({ network, coin, low, high }) => ({
    network,
    coin,
    feeWei: { low: low.toString(), high: high.toString() },
  }))
  return { ...counts, fees: sums, sentence }
}

function groupToJson(group: GroupView): JsonObject {
  return { title: group.title, subtitle: group.subtitle, steps: group.rows.map(rowToJson) }
}

/** Identity of an object as it stands in JSON. */
export function objectToJson({
  id,
  apiVersion,
  kind,
  namespace,
  name,
}: Omit<ObjectView, 'apiVersion' | 'label'> & Pick<RowView, 'apiVersion'>): JsonObject {
  return { id, ...optional('apiVersion', apiVersion), kind, ...optional('namespace', namespace), name }
}

function rowToJson(row: RowView): JsonObject {
  return {
    type: row.type,
    op: row.op,
    applies: row.applies,
    ...objectToJson(row),
    ...optional('offer', row.offer),
    ...optional('origin', row.origin),
    text: row.text,
    dependsOn: row.dependsOn,
    blockedBy: row.blockedBy,
    ...optional('adopts', row.adopts),
    changes: row.changes.map(changeToJson),
    defaults: row.defaults,
    transfers: row.transfers.map(({ path, from }) => ({ path, from: from.map(ownerToJson) })),
    conflicts: row.conflicts.map(conflictToJson),
    diagnostics: row.diagnostics.map(diagnosticToJson),
    ...optional('chain', row.chain === undefined ? undefined : chainToJson(row.chain)),
    ...optional('identity', row.identity === undefined ? undefined : identityToJson(row.identity)),
    ...optional('review', row.review),
  }
}

function chainToJson(chain: ChainView): JsonObject {
  const { network, chainId, registry, explorer, coin, confirmations, state, owner, agentId, offers } = chain
  const { outcome, call, fee, balance } = chain
  return {
    network,
    chainId,
    registry,
    ...optional('explorer', explorer),
    coin,
    confirmations,
    state,
    ...optional('owner', owner),
    ...optional('agentId', agentId),
    offers,
    ...optional('outcome', outcome),
    ...optional('call', call === undefined ? undefined : callToJson(call)),
    ...(fee === undefined ? {} : feeToJson(fee)),
    ...optional('balanceWei', balance === undefined ? undefined : inWei(balance)),
  }
}

function callToJson({ to, data, dataHash }: ChainCall): JsonObject {
  return { to, ...optional('data', data), ...optional('dataHash', dataHash) }
}

function feeToJson({ gas, gasLimit, l1Fee, ...fees }: FeeRange): JsonObject {
  const { low, high, maxFeePerGas, maxPriorityFeePerGas, ceilingFeePerGas } = fees
  return {
    gas: { used: gas.toString(), limit: gasLimit.toString() },
    feeWei: inWei({ low, high, l1: l1Fee, maxFeePerGas, maxPriorityFeePerGas, ceilingFeePerGas }),
  }
}

function inWei(amounts: Readonly<Record<string, bigint>>): JsonObject {
  return Object.fromEntries(Object.entries(amounts).map(([name, wei]) => [name, wei.toString()]))
}

function identityToJson({ network, offers, object, agentId, before, waits }: IdentityView): JsonObject {
  const { apiVersion, kind, namespace, name } = object
  return {
    network,
    offers,
    object: { apiVersion, kind, ...optional('namespace', namespace), name },
    ...optional('agentId', agentId),
    ...optional('before', before),
    waits,
  }
}

function changeToJson(change: ChangeView): JsonObject {
  return {
    path: change.path,
    ...optional('before', change.before),
    ...optional('after', change.after),
    reason: change.reason,
    owners: change.owners.map(ownerToJson),
    ...optional('reordered', change.reordered),
    ...optional('taken', change.taken),
    ...optional('origin', change.origin),
    ...optional('inBase', change.inBase),
  }
}

function conflictToJson(conflict: ConflictView): JsonObject {
  return {
    path: conflict.path,
    ...optional('ours', conflict.ours),
    ...optional('theirs', conflict.theirs),
    owner: ownerToJson(conflict.owner),
    ...optional('decision', conflict.decision),
    undecided: conflict.undecided,
    ...optional('otherWorkspace', conflict.otherWorkspace),
    edits: conflict.edits.map(({ decision, effect, command, yaml }) => {
      return { decision, effect, command, ...optional('yaml', yaml) }
    }),
    ...optional('origin', conflict.origin),
    ...optional('inBase', conflict.inBase),
  }
}

/** An owner as it stands in JSON. */
export function ownerToJson({ name, operation, subresource, time }: Owner): JsonObject {
  return { name, operation, ...optional('subresource', subresource), ...optional('time', time) }
}

function diagnosticToJson(diagnostic: Diagnostic): JsonObject {
  const { severity, code, message, object, field, hint, origin } = diagnostic
  return {
    severity,
    code,
    message,
    ...optional('object', object),
    ...optional('field', field),
    ...optional('hint', hint),
    ...optional('origin', origin),
  }
}

/** `{ name: value }`, or nothing when there is no value. */
export function optional(name: string, value: JsonValue | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value }
}
