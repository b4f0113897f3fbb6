import { PermissionError } from '../../src/cluster/permission-error.ts'
import type { ClusterReader, ListOptions, ResourcePath } from '../../src/cluster/types.ts'
import { CLUSTER_ERRORS } from '../../src/errors/cluster.ts'
import { ObolError } from '../../src/errors/obol-error.ts'
import { groupOf, metadataString } from '../../src/kube/ref.ts'
import type { JsonObject, JsonValue } from '../../src/util/json.ts'

type FakeKind = { readonly kind: string; readonly plural: string; readonly namespaced: boolean }

const CORE: readonly FakeKind[] = [
  { kind: 'Service', plural: 'services', namespaced: true },
  { kind: 'ConfigMap', plural: 'configmaps', namespaced: true },
  { kind: 'Secret', plural: 'secrets', namespaced: true },
  { kind: 'Namespace', plural: 'namespaces', namespaced: false },
]
const OBOL: readonly FakeKind[] = [{ kind: 'ServiceOffer', plural: 'serviceoffers', namespaced: true }]

export const INDEX: ReadonlyMap<string, string> = new Map([
  ['api/v1', '/openapi/v3/api/v1?hash=CORE1'],
  ['apis/obol.org/v1alpha1', '/openapi/v3/apis/obol.org/v1alpha1?hash=OBOL1'],
])

/** An OpenAPI v3 document with these kinds, as kube-apiserver marks them. */
export function documentOf(apiVersion: string, kinds: readonly FakeKind[]): JsonObject {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
  const paths: Record<string, JsonValue> = {}
  const schemas: Record<string, JsonValue> = {
    'test.ObjectMeta': { type: 'object' },
    'test.Unrelated': { type: 'object' },
  }
  for (const { kind, plural, namespaced } of kinds) {
    const mark = { group: groupOf(apiVersion), version, kind }
    const collection = `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`
    const get = { 'x-kubernetes-action': 'get', 'x-kubernetes-group-version-kind': mark }
    paths[collection] = { get: { ...get, 'x-kubernetes-action': 'list' } }
    paths[`${collection}/{name}/status`] = { get }
    paths[`${collection}/{name}`] = { get }
    schemas[`test.${kind}`] = {
      type: 'object',
      properties: { metadata: { allOf: [{ $ref: '#/components/schemas/test.ObjectMeta' }] }, spec: { type: 'object' } },
      'x-kubernetes-group-version-kind': [mark],
    }
  }
  return { openapi: '3.0.0', paths, components: { schemas } }
}

export type FakeCluster = {
  readonly objects?: readonly JsonObject[]
  /** Plurals that answer 404 to a LIST. */
  readonly notServed?: readonly string[]
  /** `list secrets`, `get /openapi/v3`: refused with 403. */
  readonly denied?: readonly string[]
  readonly index?: ReadonlyMap<string, string>
  /** Overrides one call. */
  readonly onCall?: (call: string) => Promise<void> | undefined
}

/** A reader over objects in memory that keeps a line of each call. */
export function fakeReader(fake: FakeCluster): ClusterReader & { readonly calls: string[] } {
  const calls: string[] = []
  const call = async (line: string, permission: string): Promise<void> => {
    calls.push(line)
    await fake.onCall?.(line)
    if (!fake.denied?.includes(permission)) return
    const [verb = '', resource = ''] = permission.split(' ')
    throw new PermissionError({ verb, resource, group: '' }, 'fake')
  }
  const inPlace = (resource: ResourcePath) => (object: JsonObject) =>
    pluralOf(object) === resource.plural &&
    (resource.namespace === undefined || metadataString(object, 'namespace') === resource.namespace)
  const labelled = (options?: ListOptions) => (object: JsonObject) => {
    const [label = '', value] = options?.labelSelector?.split('=') ?? []
    return value === undefined || JSON.stringify(object).includes(`"${label}":"${value}"`)
  }
  return {
    calls,
    ...{ context: 'fake', server: 'https://fake.example', fingerprint: 'f'.repeat(64) },
    requestCount: () => calls.length,
    version: async () => {
      await call('version', 'get /version')
      return 'v1.37.2'
    },
    get: async (resource, name) => {
      await call(`get ${placeOf(resource)}/${name}`, `get ${resource.plural}`)
      return fake.objects?.find((object) => inPlace(resource)(object) && metadataString(object, 'name') === name)
    },
    list: async (resource, options) => {
      const filter = options?.labelSelector === undefined ? '' : ` ${options.labelSelector}`
      await call(`list ${placeOf(resource)}${filter}`, `list ${resource.plural}`)
      if (fake.notServed?.includes(resource.plural)) throw new ObolError(CLUSTER_ERRORS.NOT_SERVED)
      return { items: fake.objects?.filter(inPlace(resource)).filter(labelled(options)) ?? [], resourceVersion: '1' }
    },
    openApiIndex: async () => {
      await call('index', 'get /openapi/v3')
      return fake.index ?? INDEX
    },
    openApi: async (url) => {
      await call(`openApi ${url}`, 'get /openapi/v3')
      return url.includes('obol.org') ? documentOf('obol.org/v1alpha1', OBOL) : documentOf('v1', CORE)
    },
  }
}

function placeOf({ plural, namespace }: ResourcePath): string {
  return namespace === undefined ? plural : `${namespace}/${plural}`
}

function pluralOf(object: JsonObject): string | undefined {
  return [...CORE, ...OBOL].find(({ kind }) => kind === object['kind'])?.plural
}
