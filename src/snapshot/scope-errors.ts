import { ObolError } from '../errors/obol-error.ts'
import { SNAPSHOT_ERRORS } from '../errors/snapshot.ts'
import { groupOf } from '../kube/ref.ts'
import { shellWord } from '../util/shell-word.ts'

const COMMAND = 'obol snapshot --out cluster.snapshot.json.gz'

/** OUT_OF_SCOPE: objects of a kind were not looked for in a namespace; `name` when one object is meant. */
export function notLookedFor(
  kind: string,
  { namespace, name }: { readonly namespace?: string | undefined; readonly name?: string | undefined },
): ObolError {
  const object = [kind, [namespace, name].filter((part) => part !== undefined).join('/')].filter((part) => part !== '')
  const scope = namespace === undefined ? 'in all namespaces' : `in namespace ${namespace}`
  return new ObolError(SNAPSHOT_ERRORS.OUT_OF_SCOPE, {
    details: [`${object.join(' ')}: when the snapshot was taken, nobody looked for ${kind} ${scope}`],
    hint: namespace === undefined ? COMMAND : `${COMMAND} --namespace ${shellWord(namespace)}`,
  })
}

/** OUT_OF_SCOPE: nothing of a kind was recorded. */
export function kindNotRecorded(of: { readonly apiVersion: string; readonly kind: string }): ObolError {
  return new ObolError(SNAPSHOT_ERRORS.OUT_OF_SCOPE, {
    details: [`${of.kind} (${of.apiVersion}): the snapshot has neither its schema nor its objects`],
    hint: `${COMMAND} --include ${shellWord(kindName(of))}`,
  })
}

/** NOT_RECORDED: these objects exist, and only their names are known. */
export function notRecorded(
  objects: readonly { readonly apiVersion: string; readonly kind: string; readonly name: string }[],
): ObolError {
  const kinds = [...new Set(objects.map(kindName))]
  return new ObolError(SNAPSHOT_ERRORS.NOT_RECORDED, {
    details: objects.map(({ kind, name }) => `${kind} ${name} is in the cluster`),
    hint: [COMMAND, ...kinds.map((kind) => `--include ${shellWord(kind)}`)].join(' '),
  })
}

/** READ_ONLY */
export function readOnly(): ObolError {
  return new ObolError(SNAPSHOT_ERRORS.READ_ONLY)
}

/** `ConfigMap`, `Deployment.apps`: a kind as `--include` takes it. */
export function kindName({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string {
  const group = groupOf(apiVersion)
  return group === '' ? kind : `${kind}.${group}`
}
