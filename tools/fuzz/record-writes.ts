import type { ClusterWriter, ResourcePath, WriteResult } from '../../src/cluster/types.ts'
import { metadataString } from '../../src/kube/ref.ts'
import type { OwnWrite } from './check-revisions.ts'

/** A write of ours that was stored: on which object, and as which version. */
export type WriteRecord = OwnWrite & { readonly plural: string; readonly name: string }

/** The same door, with a record of what went through it and made a new version. */
export function recordWrites(through: ClusterWriter): {
  readonly writer: ClusterWriter
  readonly writes: readonly WriteRecord[]
} {
  const writes: WriteRecord[] = []
  const record = (type: OwnWrite['type'], { plural }: ResourcePath, name: string, answer: WriteResult): WriteResult => {
    const resourceVersion = answer.result === 'ok' ? metadataString(answer.object, 'resourceVersion') : undefined
    if (resourceVersion !== undefined) writes.push({ type, plural, name, resourceVersion })
    return answer
  }
  const writer: ClusterWriter = {
    ...through,
    apply: async (resource, manifest, options, signal) => {
      const answer = await through.apply(resource, manifest, options, signal)
      return record('apply', resource, metadataString(manifest, 'name') ?? '', answer)
    },
    patchJson: async (resource, name, patch, manager, signal) => {
      return record('transfer', resource, name, await through.patchJson(resource, name, patch, manager, signal))
    },
  }
  return { writer, writes }
}
