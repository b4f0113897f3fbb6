import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/util/json.ts'
import type { Session, Step } from '../exchange.ts'

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const CRD = `${CRDS}/agentidentities.obol.org`
const NAMESPACE = '/api/v1/namespaces/identities'
const IDENTITIES = '/apis/obol.org/v1alpha1/namespaces/identities/agentidentities'
const ONE = `${IDENTITIES}/default`
const STATUS = `${ONE}/status`
const JSON_PATCH = 'application/json-patch+json'

function agentIdentityCrd(): JsonObject {
  const file = join(import.meta.dirname, '../../../schemas/crds/agentidentities.obol.org.yaml')
  const crd: unknown = parse(readFileSync(file, 'utf8'))
  if (!isJsonObject(crd)) throw new Error(`${file} is no object`)
  return crd
}

function json(name: string, body: readonly JsonObject[], path = STATUS, manager = 'obol'): Step {
  return { name, method: 'PATCH', path: `${path}?fieldManager=${manager}`, contentType: JSON_PATCH, body }
}

function merge(name: string, body: JsonObject, more: Partial<Step> = {}): Step {
  const path = `${STATUS}?fieldManager=controller`
  return { name, method: 'PATCH', path, contentType: 'application/merge-patch+json', body, ...more }
}

function apply(name: string, metadata: JsonObject = {}, more: Partial<Step> = {}): Step {
  const body = {
    apiVersion: 'obol.org/v1alpha1',
    kind: 'AgentIdentity',
    metadata: { name: 'default', namespace: 'identities', ...metadata },
    spec: {},
  }
  return {
    ...{ name, method: 'PATCH', path: `${ONE}?fieldManager=obol`, contentType: 'application/apply-patch+yaml', body },
    ...more,
  }
}

const add = (path: string, value: JsonValue): JsonObject => ({ op: 'add', path, value })
const entry = (chain: string, agentId: string): JsonObject => ({ chain, agentId })
const GUARD: readonly JsonObject[] = [
  { op: 'test', path: '/metadata/uid', value: '{uid}' },
  { op: 'replace', path: '/metadata/resourceVersion', value: '{rv}' },
]
const get: Step = { name: 'get', method: 'GET', path: ONE, unrecorded: true }

/** The status endpoint of a custom resource: guarded JSON Patches, their owners, and all that is refused. */
export const CUSTOM_RESOURCE_STATUS: Session = {
  name: 'custom-resource-status',
  steps: [
    {
      name: 'ns',
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'identities' } },
      unrecorded: true,
    },
    { name: 'crd', method: 'POST', path: CRDS, body: agentIdentityCrd(), unrecorded: true },
    { name: 'served', method: 'GET', path: IDENTITIES, until: 200, unrecorded: true },
    json('no object', [add('/status', {})]),
    apply('create', { resourceVersion: '1' }, { until: 201 }),
    apply('create: there already', { resourceVersion: '1' }),
    { name: 'get: no status', method: 'GET', path: STATUS },
    json('list of an absent status', [...GUARD, add('/status/registrations/-', entry('base', '1'))]),
    get,
    json('guarded: first', [...GUARD, add('/status', { registrations: [entry('base-sepolia', '0')] })]),
    json('guarded: same again', [...GUARD, add('/status', { registrations: [entry('base-sepolia', '0')] })]),
    json('guarded: another chain', [...GUARD, add('/status/registrations/1', entry('base', '7'))]),
    json('old version', [
      { op: 'replace', path: '/metadata/resourceVersion', value: '1' },
      add('/status/registrations/2', entry('x', '1')),
    ]),
    json('old version, tested', [{ op: 'test', path: '/metadata/resourceVersion', value: '1' }]),
    json('another uid, tested', [
      { op: 'test', path: '/metadata/uid', value: 'x' },
      add('/status/registrations/2', entry('x', '1')),
    ]),
    json('another uid, replaced', [
      { op: 'replace', path: '/metadata/uid', value: 'x' },
      add('/status/registrations/2', entry('x', '1')),
    ]),
    get,
    json('replace a field', [...GUARD, { op: 'replace', path: '/status/registrations/0/agentId', value: '12' }]),
    json('unknown field', [...GUARD, add('/status/registrations/0/zap', 'x')]),
    json('spec and metadata are ignored', [
      add('/spec/zap', 1),
      add('/metadata/labels', { a: 'b' }),
      add('/metadata/generation', 9),
    ]),
    json('not an object of the schema', [...GUARD, add('/status/registrations/2', { chain: 'base' })]),
    json('not a string', [...GUARD, add('/status/registrations/2', { chain: 'base', agentId: 7 })]),
    json('too long', [...GUARD, add('/status/registrations/2', entry('x'.repeat(65), '1'))]),
    json('beyond the list', [...GUARD, add('/status/registrations/9', entry('x', '1'))]),
    json('the main endpoint', [...GUARD, add('/status/registrations/2', entry('x', '1'))], ONE),
    merge('merge patch', { status: { registrations: [entry('base', '8')] } }),
    merge('merge patch: owners of nothing', { status: {} }),
    json('taken back', [add('/status/registrations/0/agentId', '9')]),
    json('dry run', [add('/status/registrations/0/agentId', '10')], STATUS, 'obol&dryRun=All'),
    apply('apply again leaves the status'),
    merge('reader', {}, { as: 'reader' }),
    json('empty patch', []),
    { name: 'reader: get', as: 'reader', method: 'GET', path: STATUS },
    { name: 'get at the end', method: 'GET', path: ONE },
    json('remove', [{ op: 'remove', path: '/status' }]),
    { name: 'delete', method: 'DELETE', path: ONE, unrecorded: true },
    json('gone', [...GUARD, add('/status', {})]),
    { name: 'ns gone', method: 'DELETE', path: NAMESPACE, unrecorded: true },
    { name: 'crd gone', method: 'DELETE', path: CRD, unrecorded: true },
    { name: 'not served', method: 'GET', path: CRD, until: 404, unrecorded: true },
  ],
}
