import type { JsonObject } from '../../../src/util/json.ts'
import type { Session, Step } from '../exchange.ts'

const NS = '/api/v1/namespaces/kubectl'
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

function service(targetPort: number, more: JsonObject = {}): JsonObject {
  const spec = { ports: [{ name: 'http', port: 80, targetPort }] }
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'svc', ...more }, spec }
}

function apply(name: string, body: JsonObject, manager = 'kubectl'): Step {
  const path = `${NS}/services/svc?fieldManager=${manager}`
  return { name, method: 'PATCH', path, contentType: 'application/apply-patch+yaml', body }
}

function merge(name: string, body: JsonObject, manager: string): Step {
  const path = `${NS}/services/svc?fieldManager=${manager}`
  return { name, method: 'PATCH', path, contentType: 'application/merge-patch+json', body }
}

const ANNOTATED = service(8080, { annotations: { [LAST_APPLIED]: JSON.stringify(service(8080)) } })

/** Server-side apply after a client-side one, as kubectl does both: its manager's name has privileges. */
export const KUBECTL_APPLY: Session = {
  name: 'kubectl-apply',
  steps: [
    {
      name: 'namespace',
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kubectl' } },
      unrecorded: true,
    },
    {
      name: 'client-side apply',
      method: 'POST',
      path: `${NS}/services?fieldManager=kubectl-client-side-apply`,
      body: ANNOTATED,
    },
    apply('another manager gets the conflict', service(9090), 'obol'),
    apply('kubectl does not, and the annotation follows', service(9090)),
    apply('again', service(9090)),
    merge('somebody changes the port', { spec: { ports: [{ name: 'http', port: 80, targetPort: 7070 }] } }, 'other'),
    apply('now kubectl gets it too', service(6060)),
    merge('the annotation goes', { metadata: { annotations: null } }, 'other'),
    apply('without the annotation', service(7070)),
  ],
}
