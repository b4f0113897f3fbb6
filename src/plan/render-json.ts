import type { JsonObject, JsonValue } from '../util/json.ts'
import type { ChangeView, ConflictView, GroupView, HeaderView, ObjectView, PlanView, RowView } from './plan-view.ts'
import type { Diagnostic, Owner } from './types.ts'

/** Raised by one before the dot when a field goes or changes its meaning, after it when one is added. */
export const PLAN_OUTPUT_VERSION = '1.0'

/**
 * A plan for programs, as `schemas/plan-output.schema.json` says: keys in a fixed order, values masked. A field that is
 * not there has no `before` or `after`; JSON's null is a value. Pure.
 */
export function renderJson(view: PlanView): JsonObject {
  const { sentence, ...counts } = view.summary
  return {
    formatVersion: PLAN_OUTPUT_VERSION,
    ...headerToJson(view.header),
    summary: { ...counts, sentence },
    groups: view.groups.map(groupToJson),
    orphans: view.orphans.map(objectToJson),
    diagnostics: view.diagnostics.map(diagnosticToJson),
  }
}

function headerToJson(header: HeaderView): JsonObject {
  return {
    workspace: { id: header.workspaceId, name: header.workspace },
    cluster: { context: header.context, server: header.server, version: header.version },
    readAt: header.readAt,
    requests: header.requests,
    ...optional('seconds', header.seconds),
  }
}

function groupToJson(group: GroupView): JsonObject {
  return { title: group.title, subtitle: group.subtitle, steps: group.rows.map(rowToJson) }
}

/** Identity of an object as it stands in JSON. */
export function objectToJson({ id, apiVersion, kind, namespace, name }: ObjectView): JsonObject {
  return { id, apiVersion, kind, ...optional('namespace', namespace), name }
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
