import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { ObolError } from '../errors/obol-error.ts'
import { SNAPSHOT_ERRORS } from '../errors/snapshot.ts'
import type { JsonValue } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'
import { damaged, optional, text } from './decode.ts'
import { decodeChains } from './decode-chains.ts'
import { decodeCluster } from './decode-cluster.ts'
import { decodeState } from './decode-state.ts'
import { type Members, membersOf, unpackingError } from './members.ts'
import { SNAPSHOT_KIND, SNAPSHOT_VERSION, type Snapshot } from './types.ts'

const MAX_BYTES = 1024 ** 3
const CHUNK_BYTES = 1024 ** 2

/**
 * The snapshot in a file's bytes, checked but for its objects, which are unpacked and checked when they are first needed; or
 * ObolError NOT_A_SNAPSHOT, TRUNCATED, TOO_LARGE, DAMAGED or NEWER_VERSION. No member unpacks to more than `maxBytes` (1 GiB).
 */
export async function unpackSnapshot(packed: Uint8Array, maxBytes: number = MAX_BYTES): Promise<Snapshot> {
  const members = membersOf(packed, maxBytes)
  const snapshot = decodeSnapshot(parse(await unpack(members.head, maxBytes)), members)
  members.end()
  return snapshot
}

/** In another thread. */
async function unpack(packed: Buffer, maxBytes: number): Promise<string> {
  try {
    const text = await promisify(gunzip)(packed, { chunkSize: CHUNK_BYTES, maxOutputLength: maxBytes })
    return text.toString('utf8')
  } catch (cause) {
    throw unpackingError(cause)
  }
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    throw new ObolError(SNAPSHOT_ERRORS.NOT_A_SNAPSHOT, { details: ['it holds no JSON document'] })
  }
}

function decodeSnapshot(value: JsonValue, members: Members): Snapshot {
  if (!isJsonObject(value) || value['kind'] !== SNAPSHOT_KIND) {
    throw new ObolError(SNAPSHOT_ERRORS.NOT_A_SNAPSHOT, { details: [`it holds no document of kind ${SNAPSHOT_KIND}`] })
  }
  const version = text(value['formatVersion'], 'formatVersion')
  if (majorOf(version) !== majorOf(SNAPSHOT_VERSION)) {
    const details = [
      `formatVersion ${/^[\w.]{1,20}$/.test(version) ? version : '?'}, this release reads ${SNAPSHOT_VERSION}`,
    ]
    throw new ObolError(SNAPSHOT_ERRORS.NEWER_VERSION, { details })
  }
  const takenAt = text(value['takenAt'], 'takenAt')
  if (Number.isNaN(Date.parse(takenAt))) throw damaged('takenAt', 'a time (RFC 3339)')
  return {
    takenAt,
    tool: text(value['tool'], 'tool'),
    workspaceId: text(value['workspaceId'], 'workspaceId'),
    ...optional(value, 'keyId', text, 'snapshot'),
    ...optional(value, 'hostAddress', text, 'snapshot'),
    cluster: decodeCluster(value['cluster'], 'cluster', members),
    state: decodeState(value['state'], 'state'),
    chains: decodeChains(value['chains'], 'chains'),
  }
}

function majorOf(version: string): string {
  return version.split('.')[0] ?? ''
}
