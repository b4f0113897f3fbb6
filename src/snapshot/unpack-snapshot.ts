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
import { SNAPSHOT_KIND, SNAPSHOT_VERSION, type Snapshot } from './types.ts'

const MAX_BYTES = 1024 ** 3
const CHUNK_BYTES = 4 * 1024 ** 2

/**
 * The snapshot in a file's bytes, whole and checked, or ObolError NOT_A_SNAPSHOT, TRUNCATED, TOO_LARGE, DAMAGED or
 * NEWER_VERSION. Unpacks at most `maxBytes` (1 GiB), in another thread.
 */
export async function unpackSnapshot(packed: Uint8Array, maxBytes: number = MAX_BYTES): Promise<Snapshot> {
  return decodeSnapshot(parse(await unpack(packed, maxBytes)))
}

async function unpack(packed: Uint8Array, maxBytes: number): Promise<Buffer> {
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) throw new ObolError(SNAPSHOT_ERRORS.NOT_A_SNAPSHOT)
  try {
    return await promisify(gunzip)(packed, { chunkSize: CHUNK_BYTES, maxOutputLength: maxBytes })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new ObolError(SNAPSHOT_ERRORS.TOO_LARGE)
    if (code === 'Z_BUF_ERROR') throw new ObolError(SNAPSHOT_ERRORS.TRUNCATED)
    throw new ObolError(SNAPSHOT_ERRORS.DAMAGED, { details: ['the gzip stream is broken'] })
  }
}

function parse(bytes: Buffer): JsonValue {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    // A text may have fewer bytes than a buffer.
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ERR_STRING_TOO_LONG') throw new ObolError(SNAPSHOT_ERRORS.TOO_LARGE)
    throw new ObolError(SNAPSHOT_ERRORS.NOT_A_SNAPSHOT, { details: ['it holds no JSON document'] })
  }
}

function decodeSnapshot(value: JsonValue): Snapshot {
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
    cluster: decodeCluster(value['cluster'], 'cluster'),
    state: decodeState(value['state'], 'state'),
    chains: decodeChains(value['chains'], 'chains'),
  }
}

function majorOf(version: string): string {
  return version.split('.')[0] ?? ''
}
