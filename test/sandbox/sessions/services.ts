import type { JsonObject, JsonValue } from '../../../src/util/json.ts'
import type { Session } from '../exchange.ts'
import { create, NS, object, patch, V1 } from './core-steps.ts'

const service = (name: string, spec: JsonValue, rest: JsonObject = {}): JsonObject =>
  object('Service', name, { spec, ...rest })
const HTTP = { name: 'http', port: 80, targetPort: 8080 }

/** Service and Endpoints: defaults, allocation, ownership, strategic merge patches and refusals. */
export const SERVICES: Session = {
  name: 'services',
  steps: [
    {
      name: 'namespace',
      method: 'POST',
      path: `${V1}/namespaces`,
      body: object('Namespace', 'core'),
      unrecorded: true,
    },
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
  ],
}
