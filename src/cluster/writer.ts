import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'
import { metadataString } from '../kube/ref.ts'
import type { JsonArray, JsonObject } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'
import { exchangeJson } from './exchange-json.ts'
import { objectPath, withQuery } from './resource-path.ts'
import { secretsOf, withoutSecrets } from './secrets-of.ts'
import type { HttpRequest } from './send-request.ts'
import type { Session } from './session.ts'
import type { ClusterWriter, WriteResult } from './types.ts'
import { watchEvents } from './watch.ts'
import { writeResult } from './write-result.ts'

/** The writing half of the door. */
export function clusterWriter(session: Session): Pick<ClusterWriter, 'apply' | 'patchJson' | 'delete' | 'watch'> {
  return {
    apply: (resource, manifest, { fieldManager, force, dryRun }, signal) => {
      const name = metadataString(manifest, 'name')
      if (name === undefined)
        throw new ObolError(CLUSTER_ERRORS.UNEXPECTED_STATUS, { message: 'a manifest without metadata.name' })
      const query = { fieldManager, force: String(force), dryRun: dryRun === true ? 'All' : undefined }
      const path = withQuery(objectPath(resource, name), query)
      // JSON is YAML. Applying the same configuration again changes nothing.
      const body = JSON.stringify(manifest)
      return write(
        session,
        { method: 'PATCH', path, contentType: 'application/apply-patch+yaml', body },
        { repeatable: true, secrets: secretsOf(manifest), signal },
      )
    },
    patchJson: (resource, name, patch, fieldManager, signal) => {
      const path = withQuery(objectPath(resource, name), { fieldManager })
      const contentType = 'application/json-patch+json'
      const guard = guardOf(patch)
      const options = { repeatable: guard.byVersion, hasTest: guard.hasTest, signal }
      return write(session, { method: 'PATCH', path, contentType, body: JSON.stringify(patch) }, options)
    },
    delete: (resource, name, { uid, resourceVersion }, signal) => {
      const preconditions = { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) }
      const body = JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'DeleteOptions' },
        ...{ propagationPolicy: 'Background', preconditions },
      })
      const path = objectPath(resource, name)
      return write(
        session,
        { method: 'DELETE', path, contentType: 'application/json', body },
        { repeatable: true, signal },
      )
    },
    watch: (resource, resourceVersion, signal) => watchEvents(session, resource, resourceVersion, signal),
  }
}

type WriteOptions = {
  readonly repeatable: boolean
  readonly hasTest?: boolean
  /** What was sent and must not come back in the server's words. */
  readonly secrets?: readonly string[]
  readonly signal: AbortSignal | undefined
}

async function write(session: Session, request: HttpRequest, options: WriteOptions): Promise<WriteResult> {
  const { decoded: answer, refused } = await exchangeJson(session, request, options)
  const decoded = answer.ok ? answer : withoutSecrets(answer, options.secrets ?? [])
  const result = writeResult(decoded, options.hasTest)
  if (result !== undefined) return result
  if (decoded.ok) throw new Error('unreachable: every 2xx is a result')
  throw refused(decoded)
}

/** A patch that names the resourceVersion it expects cannot act twice: the second time the server finds another one. */
function guardOf(patch: JsonArray): { readonly byVersion: boolean; readonly hasTest: boolean } {
  const operations = patch.filter((operation): operation is JsonObject => isJsonObject(operation))
  const ofVersion = operations.filter(({ path }) => path === '/metadata/resourceVersion')
  return {
    byVersion: ofVersion.some(({ op }) => op === 'test' || op === 'replace' || op === 'add'),
    hasTest: operations.some(({ op }) => op === 'test'),
  }
}
