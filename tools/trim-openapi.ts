import { readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { parseArgs } from 'node:util'
import type { JsonObject, JsonValue } from '../src/util/json.ts'
import { isJsonArray, isJsonObject } from '../src/util/json.ts'

/**
 * Cuts the OpenAPI v3 documents of a running API server down to the kinds the sandbox serves, without prose, and
 * writes them to schemas/openapi/.
 * `node tools/trim-openapi.ts --url https://127.0.0.1:6443 --ca ca.crt --token TOKEN`
 * SIDE EFFECTS: two requests; writes schemas/openapi/*.json.
 */
const DOCUMENTS = [
  {
    path: '/openapi/v3/api/v1',
    file: 'core-v1.json',
    kinds: ['Namespace', 'Service', 'Endpoints', 'ConfigMap', 'Secret'],
  },
  {
    path: '/openapi/v3/apis/apiextensions.k8s.io/v1',
    file: 'apiextensions-v1.json',
    kinds: ['CustomResourceDefinition'],
  },
] as const

const EXTRA_SCHEMAS = ['Patch', 'DeleteOptions', 'Status', 'ObjectMeta', 'ListMeta']
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.'

const { values } = parseArgs({
  options: { url: { type: 'string' }, ca: { type: 'string' }, token: { type: 'string' } },
})
const ca = values.ca === undefined ? undefined : await readFile(values.ca, 'utf8')

for (const { path, file, kinds } of DOCUMENTS) {
  const trimmed = trimDocument(await get(path), kinds)
  const text = `${JSON.stringify(trimmed)}\n`
  await writeFile(new URL(`../schemas/openapi/${file}`, import.meta.url), text)
  console.error(`${file}: ${text.length} bytes`)
}

/** The paths of the kinds with what clients read of them, and the closure of the kinds' schemas. */
function trimDocument(document: JsonObject, kinds: readonly string[]): JsonObject {
  const paths = Object.entries(objectAt(document, 'paths')).flatMap(([path, item]) => {
    const trimmed = isJsonObject(item) && !path.endsWith('/finalize') ? trimPathItem(item, kinds) : undefined
    return trimmed === undefined ? [] : [[path, trimmed] as const]
  })
  const all = objectAt(objectAt(document, 'components'), 'schemas')
  const roots = Object.keys(all).filter(
    (name) =>
      kinds.some((kind) => name.endsWith(`.v1.${kind}`) || name.endsWith(`.v1.${kind}List`)) ||
      EXTRA_SCHEMAS.some((extra) => name === META + extra),
  )
  const schemas = Object.fromEntries(
    [...closure(all, roots)].sort().map((name) => [name, withoutProse(all[name] ?? null)]),
  )
  return {
    openapi: document['openapi'] ?? '3.0.0',
    info: document['info'] ?? {},
    paths: Object.fromEntries(paths),
    components: { schemas },
  }
}

function trimPathItem(item: JsonObject, kinds: readonly string[]): JsonObject | undefined {
  const operations = Object.entries(item).flatMap(([method, operation]) => {
    if (!isJsonObject(operation)) return []
    const gvk = operation['x-kubernetes-group-version-kind']
    const action = operation['x-kubernetes-action']
    if (!isJsonObject(gvk) || !kinds.some((kind) => kind === gvk['kind'])) return []
    if (action === 'watch' || action === 'watchlist') return []
    return [
      [
        method,
        {
          operationId: operation['operationId'] ?? '',
          parameters: trimParameters(operation['parameters']),
          responses: { 200: { description: 'OK' } },
          'x-kubernetes-action': action ?? '',
          'x-kubernetes-group-version-kind': gvk,
        },
      ] as const,
    ]
  })
  if (operations.length === 0) return undefined
  return { ...Object.fromEntries(operations), parameters: trimParameters(item['parameters']) }
}

function trimParameters(parameters: JsonValue | undefined): JsonValue {
  if (!isJsonArray(parameters)) return []
  return parameters.map((parameter) => withoutProse(parameter))
}

function closure(all: JsonObject, roots: readonly string[]): Set<string> {
  const reached = new Set<string>()
  const queue = [...roots]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (reached.has(name) || all[name] === undefined) continue
    reached.add(name)
    for (const [, next] of JSON.stringify(all[name]).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (next !== undefined) queue.push(next)
    }
  }
  return reached
}

/** Drops `description` where it is prose: a property may bear that name as well. */
function withoutProse(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(withoutProse)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => key !== 'description' || typeof item !== 'string')
      .map(([key, item]) => [key, withoutProse(item)]),
  )
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return isJsonObject(value) ? value : {}
}

function get(path: string): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${values.token ?? ''}`, accept: 'application/json' }
    const tls = ca === undefined ? { rejectUnauthorized: false } : { ca }
    const sent = request(`${values.url ?? ''}${path}`, { headers, ...tls }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
        if (response.statusCode === 200 && isJsonObject(body)) resolve(body)
        else reject(new Error(`${path}: HTTP ${response.statusCode}`))
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}
