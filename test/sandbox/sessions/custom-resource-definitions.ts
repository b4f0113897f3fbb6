import type { JsonObject, JsonValue } from '../../../src/util/json.ts'
import type { Session, Step } from '../exchange.ts'
import { WIDGET_CRD } from './widget-crd.ts'
import { WIDGET_CLEANUP, WIDGETS } from './widget-steps.ts'

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const ONE = `${CRDS}/widgets.test.example.org`

const MINIMAL: JsonObject = {
  group: 'test.example.org',
  names: { kind: 'Gadget', plural: 'gadgets' },
  scope: 'Namespaced',
  versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
}

function bad(name: string, spec: JsonObject, metadataName = 'gadgets.test.example.org'): Step {
  const body = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: metadataName },
    spec,
  }
  return { name, method: 'POST', path: `${CRDS}?dryRun=All`, body }
}

function version(schema: JsonValue, more: JsonObject = {}): JsonObject {
  return {
    ...MINIMAL,
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...more }],
  }
}

/** CustomResourceDefinitions: creation with its conditions, refusals, re-apply, deletion. */
export const CUSTOM_RESOURCE_DEFINITIONS: Session = {
  name: 'custom-resource-definitions',
  steps: [
    { name: 'not served', method: 'GET', path: WIDGETS },
    bad('minimal', MINIMAL),
    bad('name does not match', MINIMAL, 'zap.test.example.org'),
    bad('no versions', { ...MINIMAL, versions: [] }),
    bad('no storage version', {
      ...MINIMAL,
      versions: [{ name: 'v1', served: true, storage: false, schema: { openAPIV3Schema: { type: 'object' } } }],
    }),
    bad('no schema', { ...MINIMAL, versions: [{ name: 'v1', served: true, storage: true }] }),
    bad('no scope', {
      group: 'test.example.org',
      names: { kind: 'Gadget', plural: 'gadgets' },
      versions: MINIMAL['versions'] ?? null,
    }),
    bad('schema without a type', version({})),
    bad('property without a type', version({ type: 'object', properties: { spec: {} } })),
    bad(
      'nested property without a type',
      version({
        type: 'object',
        properties: { spec: { type: 'object', properties: { a: { type: 'array', items: {} } } } },
      }),
    ),
    bad('array without items', version({ type: 'object', properties: { spec: { type: 'array' } } })),
    bad('default of another type', version({ type: 'object', properties: { spec: { type: 'string', default: 5 } } })),
    bad(
      'list map without keys',
      version({
        type: 'object',
        properties: { spec: { type: 'array', 'x-kubernetes-list-type': 'map', items: { type: 'object' } } },
      }),
    ),
    bad('unknown type', version({ type: 'object', properties: { spec: { type: 'zap' } } })),
    bad(
      'status subresource',
      version(
        { type: 'object', properties: { spec: { type: 'string', default: 'x' } } },
        { subresources: { status: {} } },
      ),
    ),
    bad('protected group', { ...MINIMAL, group: 'test.k8s.io' }, 'gadgets.test.k8s.io'),
    bad('cluster scope and categories', {
      ...MINIMAL,
      scope: 'Cluster',
      names: { kind: 'Gadget', plural: 'gadgets', categories: ['all'] },
    }),
    bad(
      'default with an unknown field',
      version({ type: 'object', properties: { spec: { type: 'object', default: { zap: 1 } } } }),
    ),
    { name: 'create', method: 'POST', path: `${CRDS}?fieldManager=c`, body: WIDGET_CRD },
    { name: 'established', method: 'GET', path: WIDGETS, until: 200, unrecorded: true },
    { name: 'get', method: 'GET', path: ONE },
    { name: 'exists', method: 'POST', path: CRDS, body: WIDGET_CRD },
    {
      name: 'apply',
      method: 'PATCH',
      path: `${ONE}?fieldManager=obol`,
      contentType: 'application/apply-patch+yaml',
      body: WIDGET_CRD,
    },
    {
      name: 'apply again',
      method: 'PATCH',
      path: `${ONE}?fieldManager=obol`,
      contentType: 'application/apply-patch+yaml',
      body: WIDGET_CRD,
    },
    { name: 'group discovery', method: 'GET', path: '/apis/test.example.org' },
    { name: 'resource discovery', method: 'GET', path: '/apis/test.example.org/v1alpha1' },
    {
      name: 'label',
      method: 'PATCH',
      path: `${ONE}?fieldManager=m`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { labels: { a: 'b' } } },
    },
    {
      name: 'short names',
      method: 'PATCH',
      path: `${ONE}?fieldManager=m`,
      contentType: 'application/merge-patch+json',
      body: { spec: { names: { shortNames: ['wd', 'wg'] } } },
      unrecorded: true,
    },
    {
      name: 'short names accepted',
      method: 'GET',
      path: ONE,
      untilText: /"acceptedNames":\{[^}]*"wg"/,
      unrecorded: true,
    },
    {
      name: 'group is immutable',
      method: 'PATCH',
      path: `${ONE}?fieldManager=m`,
      contentType: 'application/merge-patch+json',
      body: { spec: { group: 'zap.example.org' } },
    },
    {
      name: 'strategic is refused',
      method: 'PATCH',
      path: `${ONE}?fieldManager=m`,
      contentType: 'application/strategic-merge-patch+json',
      body: { metadata: { labels: { a: 'c' } } },
    },
    {
      name: 'table',
      method: 'GET',
      path: ONE,
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    },
    ...WIDGET_CLEANUP,
    { name: 'gone', method: 'GET', path: ONE },
    { name: 'not served any more', method: 'GET', path: WIDGETS, until: 404 },
  ],
}
