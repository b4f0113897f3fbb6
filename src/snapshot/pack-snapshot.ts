import { gzipSync } from 'node:zlib'
import { stateToFile } from './decode-state.ts'
import { SNAPSHOT_KIND, SNAPSHOT_VERSION, type Snapshot } from './types.ts'

/**
 * The snapshot as one gzip file: equal snapshots give equal bytes (keys in the order of the types, no time and no system in
 * the header, RFC 1952 section 2.3). Pure.
 */
export function packSnapshot(snapshot: Snapshot): Buffer {
  const { state, ...rest } = snapshot
  const document = { kind: SNAPSHOT_KIND, formatVersion: SNAPSHOT_VERSION, ...rest, state: stateToFile(state) }
  const text = JSON.stringify(document, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
  const packed = gzipSync(text)
  // The operating system, which zlib fills in.
  packed[9] = 255
  return packed
}
