import type { IngressFacts, Labels } from '#inventory/facts.js';
import { asRecord } from '#inventory/readers/unknown-record.js';
import { lackOf, type World } from '../../engine/world.js';
import { productOfAnnotations, productOfClassName, productOfGatewayController, productOfIngressController, products } from './controllers.js';
import type { Controller } from './route.js';

const classKey = 'ingressclasses.networking.k8s.io';
const gatewayClassKey = 'gatewayclasses.gateway.networking.k8s.io';

/** Classes by which routes are handed to controllers, as far as they were read. */
export class Classes {
  private readonly ingress = new Map<string, string>();
  private readonly gateway = new Map<string, string>();
  private readonly defaultClass: string | undefined;

  constructor(private readonly world: World) {
    let defaultClass: string | undefined;
    for (const { name, spec, annotations } of world.seen(classKey)) {
      const { controller } = asRecord(spec);
      this.ingress.set(name, typeof controller === 'string' ? controller : '');
      if (annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true') defaultClass = name;
    }
    this.defaultClass = defaultClass;
    for (const { name, spec } of world.seen(gatewayClassKey)) {
      const { controllerName } = asRecord(spec);
      this.gateway.set(name, typeof controllerName === 'string' ? controllerName : '');
    }
  }

  /** How many classes hand Ingresses to the same controller. */
  countOf(controller: Controller): number {
    if (controller.product === undefined) return 0;
    return [...this.ingress.values()].filter((each) => productOfIngressController(each) === controller.product).length;
  }

  /** The class an Ingress is served by: its own, the default one, or the only one there is. '' where none is told. */
  classOf({ className }: Pick<IngressFacts, 'className'>): string {
    if (className !== undefined && className !== '') return className;
    return this.defaultClass ?? (this.ingress.size === 1 ? [...this.ingress.keys()][0]! : '');
  }

  controllerOfIngress(ingress: Pick<IngressFacts, 'className' | 'annotations'>): Controller {
    const name = this.classOf(ingress);
    const controller = this.ingress.get(name);
    if (controller !== undefined && controller !== '') {
      const product = productOfIngressController(controller);
      return product === undefined ? { by: `ingress class ${name}, whose controller is ${controller}` } : { product, by: `ingress class ${name}` };
    }
    // Annotations of another controller are left over from moves, but where names are shared they tell who is meant.
    const product = (name === '' || name === 'nginx' || name === 'haproxy' ? productOfAnnotations(ingress.annotations) : undefined) ?? productOfClassName(name);
    if (product !== undefined) return { product, by: name === '' ? `its annotations of ${products[product].title}` : `ingress class ${name}` };
    const missing = lackOf(this.world, classKey);
    return { by: name === '' ? 'no ingress class' : `ingress class ${name}, which does not exist`, ...(missing && { missing }) };
  }

  controllerOfGateway(gatewayClass: string, annotations: Labels): Controller {
    const name = this.gateway.get(gatewayClass);
    if (name === undefined) {
      const missing = lackOf(this.world, gatewayClassKey);
      return { by: `gateway class ${gatewayClass}`, ...(missing && { missing }) };
    }
    const product = productOfGatewayController(name) ?? productOfAnnotations(annotations);
    return product === undefined ? { by: `gateway class ${gatewayClass}, whose controller is ${name}` } : { product, by: `gateway class ${gatewayClass}` };
  }
}
