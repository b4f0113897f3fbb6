import type { JsonObject, JsonValue } from '../../../src/util/json.ts'
import type { Session, Step } from '../exchange.ts'

const V1 = '/api/v1'
const NS = `${V1}/namespaces/core`

function object(kind: string, name: string, rest: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind, metadata: { name }, ...rest }
}

function create(name: string, resource: string, body: JsonValue, query = 'fieldManager=c'): Step {
  return { name, method: 'POST', path: `${NS}/${resource}?${query}`, body }
}

function patch(
  name: string,
  path: string,
  type: 'strategic-merge-patch+json' | 'merge-patch+json' | 'json-patch+json' | 'apply-patch+yaml',
  body: JsonValue,
  query = 'fieldManager=p',
): Step {
  return { name, method: 'PATCH', path: `${NS}/${path}?${query}`, contentType: `application/${type}`, body }
}

const service = (name: string, spec: JsonValue, rest: JsonObject = {}): JsonObject =>
  object('Service', name, { spec, ...rest })
const HTTP = { name: 'http', port: 80, targetPort: 8080 }

/** Namespace, Service, Endpoints, ConfigMap, Secret: defaults, ownership, patches and refusals. */
export const CORE_KINDS: Session = {
  name: 'core-kinds',
  steps: [
    {
      name: 'namespace',
      method: 'POST',
      path: `${V1}/namespaces?fieldManager=c`,
      body: object('Namespace', 'core', { metadata: { name: 'core', labels: { a: 'b' } } }),
    },
    { name: 'namespace: again', method: 'POST', path: `${V1}/namespaces`, body: object('Namespace', 'core') },
    { name: 'namespace: bad name', method: 'POST', path: `${V1}/namespaces`, body: object('Namespace', 'Bad.Name') },
    { name: 'namespace: missing', method: 'GET', path: `${V1}/namespaces/nowhere` },
    {
      name: 'namespace: apply',
      method: 'PATCH',
      path: `${V1}/namespaces/core?fieldManager=obol`,
      contentType: 'application/apply-patch+yaml',
      body: object('Namespace', 'core', { metadata: { name: 'core', labels: { x: 'y' } } }),
    },
    {
      name: 'namespace: patch of its own label',
      method: 'PATCH',
      path: `${V1}/namespaces/core`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { labels: { 'kubernetes.io/metadata.name': null } } },
    },
    { name: 'namespace: kube-system may not be deleted', method: 'DELETE', path: `${V1}/namespaces/kube-system` },
    { name: 'namespace: reader', as: 'reader', method: 'DELETE', path: `${V1}/namespaces/core` },

    create('configmap', 'configmaps', object('ConfigMap', 'cm', { data: { a: '1', b: '2' } })),
    create('configmap: empty', 'configmaps', object('ConfigMap', 'empty')),
    create(
      'configmap: empty map, null, unknown',
      'configmaps',
      object('ConfigMap', 'odd', { data: {}, binaryData: null, zap: { a: 1 } }),
    ),
    create(
      'configmap: unknown field, strict',
      'configmaps',
      object('ConfigMap', 'x', { zap: 1, data: { a: 'b' } }),
      'fieldValidation=Strict',
    ),
    create('configmap: number as value', 'configmaps', object('ConfigMap', 'x', { data: { a: 1 } })),
    create('configmap: data a list', 'configmaps', object('ConfigMap', 'x', { data: ['a'] })),
    create('configmap: bad key', 'configmaps', object('ConfigMap', 'x', { data: { 'a b': '1' } })),
    create('configmap: no such namespace', '../nowhere/configmaps', object('ConfigMap', 'x')),
    create('configmap: exists', 'configmaps', object('ConfigMap', 'cm')),
    patch('configmap: strategic', 'configmaps/cm', 'strategic-merge-patch+json', { data: { b: null, c: '3' } }),
    patch('configmap: merge nothing', 'configmaps/cm', 'merge-patch+json', {}),
    patch(
      'configmap: apply',
      'configmaps/cm',
      'apply-patch+yaml',
      object('ConfigMap', 'cm', { data: { a: '1', d: '4' } }),
      'fieldManager=obol',
    ),
    patch(
      'configmap: apply conflict',
      'configmaps/cm',
      'apply-patch+yaml',
      object('ConfigMap', 'cm', { data: { a: '2' } }),
      'fieldManager=other',
    ),
    patch(
      'configmap: apply unknown field',
      'configmaps/cm',
      'apply-patch+yaml',
      object('ConfigMap', 'cm', { zap: 1 }),
      'fieldManager=obol',
    ),
    patch(
      'configmap: apply null value',
      'configmaps/cm',
      'apply-patch+yaml',
      object('ConfigMap', 'cm', { data: { n: null } }),
      'fieldManager=nuller',
    ),
    patch(
      'configmap: apply number',
      'configmaps/cm',
      'apply-patch+yaml',
      object('ConfigMap', 'cm', { data: { n: 1 } }),
      'fieldManager=obol',
    ),
    patch('configmap: json null', 'configmaps/cm', 'json-patch+json', [{ op: 'add', path: '/immutable', value: true }]),
    patch('configmap: immutable', 'configmaps/cm', 'merge-patch+json', { data: { z: '1' } }),
    patch('configmap: metadata null out', 'configmaps/cm', 'strategic-merge-patch+json', {
      metadata: { labels: null, annotations: { a: 'b' } },
    }),
    {
      name: 'configmap: update without resourceVersion',
      method: 'PUT',
      path: `${NS}/configmaps/empty?fieldManager=u`,
      body: object('ConfigMap', 'empty', { data: { u: '1' } }),
    },
    {
      name: 'configmap: update, old resourceVersion',
      method: 'PUT',
      path: `${NS}/configmaps/empty?fieldManager=u`,
      body: object('ConfigMap', 'empty', { metadata: { name: 'empty', resourceVersion: '1' } }),
    },
    {
      name: 'configmap: update of a missing one',
      method: 'PUT',
      path: `${NS}/configmaps/missing?fieldManager=u`,
      body: object('ConfigMap', 'missing', { data: { u: '1' } }),
    },
    {
      name: 'configmap: table',
      method: 'GET',
      path: `${NS}/configmaps/cm`,
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    },
    { name: 'configmap: delete', method: 'DELETE', path: `${NS}/configmaps/empty` },
    {
      name: 'configmap: post to an object',
      method: 'POST',
      path: `${NS}/configmaps/cm`,
      body: object('ConfigMap', 'cm'),
    },
    {
      name: 'configmap: put to a collection',
      method: 'PUT',
      path: `${NS}/configmaps`,
      body: object('ConfigMap', 'cm'),
    },
    { name: 'configmap: wrong kind', method: 'POST', path: `${NS}/configmaps`, body: object('Secret', 'x') },
    {
      name: 'configmap: other group',
      method: 'POST',
      path: `${NS}/configmaps`,
      body: { apiVersion: 'apps/v1', kind: 'ConfigMap', metadata: { name: 'x' } },
    },
    { name: 'configmap: no kind', method: 'POST', path: `${NS}/configmaps`, body: { metadata: { name: 'untyped' } } },
    { name: 'configmap: not JSON', method: 'POST', path: `${NS}/configmaps`, body: 'zap' },
    {
      name: 'configmap: YAML',
      method: 'POST',
      path: `${NS}/configmaps`,
      contentType: 'application/yaml',
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {a: "1"}\n',
    },
    {
      name: 'configmap: post on all namespaces',
      method: 'POST',
      path: `${V1}/configmaps`,
      body: object('ConfigMap', 'x'),
    },
    { name: 'configmap: unknown subresource', method: 'GET', path: `${NS}/configmaps/cm/zap` },

    create('secret', 'secrets', object('Secret', 's', { data: { a: 'YQ==' }, stringData: { b: 'hello', a: 'over' } })),
    create('secret: not base64', 'secrets', object('Secret', 'x', { data: { a: '***' } })),
    create('secret: tls without keys', 'secrets', object('Secret', 'x', { type: 'kubernetes.io/tls' })),
    patch('secret: type is immutable', 'secrets/s', 'merge-patch+json', { type: 'other' }),
    patch(
      'secret: apply',
      'secrets/s',
      'apply-patch+yaml',
      object('Secret', 's', { data: { c: 'Yw==' }, type: 'Opaque' }),
      'fieldManager=obol',
    ),
    patch(
      'secret: apply stringData',
      'secrets/t',
      'apply-patch+yaml',
      object('Secret', 't', { stringData: { c: 'plain' } }),
      'fieldManager=obol',
    ),
    {
      name: 'secret: table',
      method: 'GET',
      path: `${NS}/secrets/s`,
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    },
    { name: 'secret: by type', method: 'GET', path: `${NS}/secrets?fieldSelector=type%3DOpaque,metadata.name%3Ds` },

    create('service', 'services', service('svc', { ports: [HTTP] })),
    create('service: no ports', 'services', service('x', {})),
    create('service: no spec', 'services', object('Service', 'x')),
    create('service: bad port', 'services', service('x', { ports: [{ port: 0 }, { port: 70000, name: 'Bad' }] })),
    create('service: unnamed ports', 'services', service('x', { ports: [{ port: 1 }, { port: 2 }] })),
    create(
      'service: duplicate names',
      'services',
      service('x', {
        ports: [
          { name: 'a', port: 1 },
          { name: 'a', port: 2 },
        ],
      }),
    ),
    create(
      'service: duplicate ports',
      'services',
      service('x', {
        ports: [
          { name: 'a', port: 1 },
          { name: 'b', port: 1 },
        ],
      }),
    ),
    create('service: port as text', 'services', service('x', { ports: [{ port: '80' }] })),
    create('service: bad protocol', 'services', service('x', { ports: [{ port: 80, protocol: 'ICMP' }] })),
    create('service: bad target port', 'services', service('x', { ports: [{ port: 80, targetPort: 'Not_A_Name' }] })),
    create('service: bad type', 'services', service('x', { type: 'Zap', ports: [{ port: 80 }] })),
    create('service: bad name', 'services', service('1x', { ports: [{ port: 80 }] })),
    create('service: external name', 'services', service('ext', { type: 'ExternalName', externalName: 'example.org' })),
    create('service: external name missing', 'services', service('x', { type: 'ExternalName' })),
    create(
      'service: headless',
      'services',
      service('headless', { clusterIP: 'None', selector: { app: 'x' }, ports: [{ port: 80 }] }),
    ),
    create(
      'service: clusterIP out of range',
      'services',
      service('x', { clusterIP: '192.168.0.1', ports: [{ port: 80 }] }),
    ),
    create('service: clusterIP no address', 'services', service('x', { clusterIP: 'zap', ports: [{ port: 80 }] })),
    create('service: unknown fields', 'services', service('unknown', { zap: 1, ports: [{ port: 80, zip: 2 }] })),
    create(
      'service: unknown fields, strict',
      'services',
      service('x', { zap: 1, ports: [{ port: 80, zip: 2 }] }),
      'fieldValidation=Strict',
    ),
    create('service: dry run', 'services', service('dry', { ports: [{ port: 80 }] }), 'dryRun=All&fieldManager=c'),
    patch(
      'service: apply',
      'services/svc',
      'apply-patch+yaml',
      service('svc', {
        ports: [
          { name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' },
          { name: 'https', port: 443, protocol: 'TCP' },
        ],
      }),
      'fieldManager=obol',
    ),
    patch(
      'service: apply without protocol',
      'services/svc',
      'apply-patch+yaml',
      service('svc', { ports: [{ name: 'http', port: 80, targetPort: 8080 }] }),
      'fieldManager=obol',
    ),
    patch(
      'service: apply again',
      'services/svc',
      'apply-patch+yaml',
      service('svc', { ports: [{ name: 'http', port: 80, targetPort: 8080 }] }),
      'fieldManager=obol',
    ),
    patch(
      'service: apply conflict',
      'services/svc',
      'apply-patch+yaml',
      service('svc', { ports: [{ name: 'web', port: 80, targetPort: 9090 }] }),
      'fieldManager=obol',
    ),
    patch(
      'service: apply creates',
      'services/applied',
      'apply-patch+yaml',
      service(
        'applied',
        { ports: [{ name: 'http', port: 80, targetPort: 'web' }] },
        { metadata: { name: 'applied', labels: { a: 'b' } } },
      ),
      'fieldManager=obol',
    ),
    patch(
      'service: apply creates, again',
      'services/applied',
      'apply-patch+yaml',
      service(
        'applied',
        { ports: [{ name: 'http', port: 80, targetPort: 'web' }] },
        { metadata: { name: 'applied', labels: { a: 'b' } } },
      ),
      'fieldManager=obol',
    ),
    patch('service: strategic, port by key', 'services/svc', 'strategic-merge-patch+json', {
      spec: { ports: [{ port: 80, targetPort: 9000 }] },
    }),
    patch('service: strategic, add a port', 'services/svc', 'strategic-merge-patch+json', {
      spec: { ports: [{ port: 81, name: 'more' }] },
    }),
    patch('service: strategic, order', 'services/svc', 'strategic-merge-patch+json', {
      spec: { '$setElementOrder/ports': [{ port: 81 }, { port: 80 }], ports: [{ port: 81, targetPort: 1 }] },
    }),
    patch('service: strategic, delete', 'services/svc', 'strategic-merge-patch+json', {
      spec: { ports: [{ $patch: 'delete', port: 81 }] },
    }),
    patch('service: strategic, replace', 'services/svc', 'strategic-merge-patch+json', {
      spec: { ports: [{ name: 'only', port: 90 }, { $patch: 'replace' }] },
    }),
    patch('service: strategic, key missing', 'services/svc', 'strategic-merge-patch+json', {
      spec: { ports: [{ name: 'x' }] },
    }),
    patch('service: strategic, bad directive', 'services/svc', 'strategic-merge-patch+json', {
      spec: { $patch: 'zap' },
    }),
    patch('service: strategic, selector replaced', 'services/svc', 'strategic-merge-patch+json', {
      spec: { selector: { $patch: 'replace', app: 'z' } },
    }),
    patch('service: clusterIP is immutable', 'services/svc', 'merge-patch+json', { spec: { clusterIP: '10.0.0.77' } }),
    patch('service: merge replaces the list', 'services/svc', 'merge-patch+json', { spec: { ports: [{ port: 99 }] } }),
    { name: 'service: get', method: 'GET', path: `${NS}/services/svc` },
    {
      name: 'service: update without clusterIP',
      method: 'PUT',
      path: `${NS}/services/svc?fieldManager=u`,
      body: service('svc', { ports: [{ port: 99 }] }),
    },
    {
      name: 'service: table',
      method: 'GET',
      path: `${NS}/services/svc`,
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    },
    { name: 'service: delete dry run', method: 'DELETE', path: `${NS}/services/svc?dryRun=All` },
    { name: 'service: delete', method: 'DELETE', path: `${NS}/services/svc` },

    create('service: node port', 'services', service('np', { type: 'NodePort', ports: [{ port: 80 }] })),
    patch('service: node port gone', 'services/np', 'merge-patch+json', { spec: { type: 'ClusterIP' } }),
    patch('service: to an external name', 'services/np', 'merge-patch+json', {
      spec: { type: 'ExternalName', externalName: 'example.org' },
    }),
    // Unrecorded: the real server leaves internalTrafficPolicy to its old owner, the sandbox gives it to the patch.
    {
      ...patch('service: back to an address', 'services/np', 'merge-patch+json', {
        spec: { type: 'ClusterIP', externalName: null },
      }),
      unrecorded: true,
    },
    create(
      'service: load balancer',
      'services',
      service('lb', {
        type: 'LoadBalancer',
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81, protocol: 'UDP' },
        ],
      }),
    ),
    create(
      'service: sticky',
      'services',
      service('sticky', {
        sessionAffinity: 'ClientIP',
        externalIPs: ['1.2.3.4'],
        selector: {},
        publishNotReadyAddresses: false,
        ports: [{ port: 80 }],
      }),
    ),
    create('service: taken address', 'services', service('x', { clusterIP: 'not.an.address', ports: [{ port: 80 }] })),
    patch('service: status', 'services/lb/status', 'merge-patch+json', {
      status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } },
      spec: { type: 'ClusterIP' },
    }),
    patch('service: status of a load balancer', 'services/lb/status', 'merge-patch+json', {
      status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'x.example.org', ports: [] }] } },
    }),
    patch('service: status is ignored elsewhere', 'services/lb', 'merge-patch+json', {
      status: { loadBalancer: null },
    }),
    create(
      'endpoints: order of addresses',
      'endpoints',
      object('Endpoints', 'order', {
        subsets: [
          {
            addresses: [{ ip: '10.1.2.30' }, { ip: '10.1.2.4', hostname: 'b' }, { ip: '10.1.2.3' }],
            notReadyAddresses: [],
            ports: [{ port: 1 }],
          },
        ],
      }),
    ),
    create(
      'endpoints: order of subsets and ports',
      'endpoints',
      object('Endpoints', 'order2', {
        subsets: [
          {
            addresses: [{ ip: '10.1.2.30' }],
            ports: [
              { name: 'z', port: 9 },
              { name: 'a', port: 1 },
            ],
          },
          { addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 1 }] },
        ],
      }),
    ),
    patch('service: external addresses', 'services/sticky', 'merge-patch+json', { spec: { externalIPs: ['1.2.3.5'] } }),
    patch('service: external addresses stay', 'services/sticky', 'merge-patch+json', {
      metadata: { labels: { a: 'b' } },
    }),
    patch(
      'service: external addresses, dry run',
      'services/sticky',
      'merge-patch+json',
      { metadata: { labels: { a: 'c' } } },
      'dryRun=All&fieldManager=p',
    ),
    patch('service: no external addresses', 'services/sticky', 'merge-patch+json', { spec: { externalIPs: null } }),
    patch('service: externalTrafficPolicy', 'services/applied', 'merge-patch+json', {
      spec: { type: 'NodePort', externalTrafficPolicy: 'Local' },
    }),
    create(
      'configmap: binary and owner',
      'configmaps',
      object('ConfigMap', 'owned', {
        metadata: {
          name: 'owned',
          ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'cm', uid: 'u', controller: false }],
          labels: {},
        },
        binaryData: { b: 'AAE=' },
        immutable: false,
      }),
    ),
    create(
      'configmap: key in both',
      'configmaps',
      object('ConfigMap', 'x', { data: { b: '' }, binaryData: { b: 'AAE=' } }),
    ),
    create(
      'endpoints',
      'endpoints',
      object('Endpoints', 'ep', {
        subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 11434, name: 'http' }] }],
      }),
    ),
    create(
      'endpoints: bad ip',
      'endpoints',
      object('Endpoints', 'x', { subsets: [{ addresses: [{ ip: 'host' }], ports: [{ port: 1 }] }] }),
    ),
    create(
      'endpoints: loopback',
      'endpoints',
      object('Endpoints', 'x', { subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port: 1 }] }] }),
    ),
    create(
      'endpoints: no port',
      'endpoints',
      object('Endpoints', 'x', { subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{}] }] }),
    ),
    create('endpoints: no address', 'endpoints', object('Endpoints', 'x', { subsets: [{ ports: [{ port: 1 }] }] })),
    create('endpoints: empty', 'endpoints', object('Endpoints', 'none')),
    patch(
      'endpoints: apply',
      'endpoints/ep',
      'apply-patch+yaml',
      object('Endpoints', 'ep', {
        subsets: [{ addresses: [{ ip: '10.1.2.4' }], ports: [{ port: 11434, name: 'http' }] }],
      }),
      'fieldManager=obol',
    ),
    patch(
      'endpoints: apply forced',
      'endpoints/ep',
      'apply-patch+yaml',
      object('Endpoints', 'ep', {
        subsets: [{ addresses: [{ ip: '10.1.2.4' }], ports: [{ port: 11434, name: 'http' }] }],
      }),
      'fieldManager=obol&force=true',
    ),
    patch(
      'endpoints: apply again',
      'endpoints/ep',
      'apply-patch+yaml',
      object('Endpoints', 'ep', {
        subsets: [{ addresses: [{ ip: '10.1.2.4' }], ports: [{ port: 11434, name: 'http' }] }],
      }),
      'fieldManager=obol&force=true',
    ),
    {
      name: 'endpoints: table',
      method: 'GET',
      path: `${NS}/endpoints/ep`,
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    },
    { name: 'endpoints: delete', method: 'DELETE', path: `${NS}/endpoints/ep` },

    create(
      'metadata: unknown field',
      'configmaps',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', zap: 1, labels: {} } },
      'dryRun=All',
    ),
    create('metadata: label a number', 'configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', labels: { a: 1 } },
    }),
    create('metadata: bad owner', 'configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: '', uid: '' }] },
    }),
    create('metadata: bad finalizer', 'configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', finalizers: ['zap'] },
    }),
    create('metadata: bad namespace', 'configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', namespace: 'zap' },
    }),
    create(
      'duplicate key',
      'configmaps',
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":"1","a":"2"}}',
      'dryRun=All',
    ),
    create(
      'duplicate key, strict',
      'configmaps',
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":"1","a":"2"}}',
      'fieldValidation=Strict',
    ),
    patch('patch: not found', 'configmaps/missing', 'merge-patch+json', {}),
    patch('patch: other name', 'configmaps/yaml', 'merge-patch+json', { metadata: { name: 'x' } }),
    patch('patch: other uid', 'configmaps/yaml', 'merge-patch+json', { metadata: { uid: 'x' } }),
    patch('patch: unknown field', 'configmaps/yaml', 'merge-patch+json', { zap: 1 }),
    patch('patch: unknown field, strict', 'configmaps/yaml', 'merge-patch+json', { zap: 1 }, 'fieldValidation=Strict'),
    patch('patch: wrong type', 'configmaps/yaml', 'merge-patch+json', { data: { a: 1 } }),
    patch('patch: wrong type, strategic', 'configmaps/yaml', 'strategic-merge-patch+json', { data: ['a'] }),
    patch('patch: failed test', 'configmaps/yaml', 'json-patch+json', [{ op: 'test', path: '/data/a', value: 'x' }]),
    patch('patch: old resourceVersion', 'configmaps/yaml', 'strategic-merge-patch+json', {
      metadata: { resourceVersion: '1' },
    }),
    {
      name: 'patch: unknown type',
      method: 'PATCH',
      path: `${NS}/configmaps/yaml`,
      contentType: 'text/plain',
      body: 'x',
    },
    {
      name: 'delete: wrong uid',
      method: 'DELETE',
      path: `${NS}/configmaps/yaml`,
      body: { preconditions: { uid: 'x' } },
    },

    { name: 'unknown resource', method: 'GET', path: `${V1}/zaps` },
    { name: 'unknown path', method: 'GET', path: '/zap' },
    { name: 'nobody', as: 'nobody', method: 'GET', path: `${V1}/namespaces` },
    {
      name: 'reader: create namespace',
      as: 'reader',
      method: 'POST',
      path: `${V1}/namespaces`,
      body: object('Namespace', 'x'),
    },
    {
      name: 'reader: apply',
      as: 'reader',
      method: 'PATCH',
      path: `${NS}/configmaps/cm?fieldManager=a`,
      contentType: 'application/apply-patch+yaml',
      body: object('ConfigMap', 'cm'),
    },
  ],
}
