import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A workspace of `count` http offers in one namespace, one file each, and beside them a folder with the same ServiceOffers
 * for kubectl, one file each as well: its `--concurrency` is one of files. SIDE EFFECTS: writes the files.
 */
export async function makeOffers(
  folder: string,
  namespace: string,
  count: number,
): Promise<{ readonly manifests: string; readonly first: string }> {
  const manifests = join(folder, 'manifests')
  await mkdir(join(folder, 'offers'), { recursive: true })
  await mkdir(manifests)
  await writeFile(join(folder, 'obol.yaml'), workspace(namespace))
  for (let i = 0; i < count; i += 1) {
    const file = `${nameOf(i)}.yaml`
    await writeFile(join(folder, 'offers', file), offer(nameOf(i), namespace, i))
    await writeFile(join(manifests, file), serviceOffer(nameOf(i), namespace, i))
  }
  return { manifests, first: join(manifests, `${nameOf(0)}.yaml`) }
}

function nameOf(i: number): string {
  return `offer-${String(i).padStart(5, '0')}`
}

function workspace(id: string): string {
  return `apiVersion: offers.obol.org/v1alpha1
kind: Workspace
metadata:
  name: ${id}
spec:
  id: ${id}
  host:
    address: 192.0.2.10
`
}

/** `upstream`: lines that only a ServiceOffer needs, because for an Offer they are what is meant anyway. */
function spec(i: number, upstream = ''): string {
  return `spec:
  type: http
  upstream:
    service: backend-${i}
${upstream}    port: ${8000 + (i % 1000)}
    healthPath: /healthz
  path: /services/offer-${String(i).padStart(5, '0')}
  payment:
    network: base-sepolia
    payTo: "0x${String(i + 1).padStart(40, '0')}"
    maxTimeoutSeconds: 600
    price:
      perRequest: "0.${String((i % 900) + 100)}"
  limits:
    rps: 20
    maxInFlight: 8
  listing:
    category: data
    weight: ${i % 100}
`
}

function offer(name: string, namespace: string, i: number): string {
  return `apiVersion: offers.obol.org/v1alpha1
kind: Offer
metadata:
  name: ${name}
  namespace: ${namespace}
${spec(i)}`
}

function serviceOffer(name: string, namespace: string, i: number): string {
  return `apiVersion: obol.org/v1alpha1
kind: ServiceOffer
metadata:
  name: ${name}
  namespace: ${namespace}
${spec(i, `    namespace: ${namespace}\n`)}`
}
