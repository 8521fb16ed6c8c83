import { ArgsType, InputType, ObjectType } from '@nestjs/graphql';
import { ApiSchema } from '@nestjs/swagger';
import type { Class } from './field-type.js';

// oxlint-disable-next-line typescript/no-unsafe-function-type
type ShapeDecorator = (type: Function) => void;

/** What both doors answer with, under one name. */
export const View = (name: string, about: string): ShapeDecorator => (type) => {
  ObjectType(name, { description: about })(type);
  ApiSchema({ name, description: about })(type as Class);
};

/** Fields that several views have, without a name of their own. */
export const CommonView = (): ShapeDecorator => ObjectType({ isAbstract: true });

/** What both doors take, under one name. */
export const Input = (name: string, about: string): ShapeDecorator => (type) => {
  InputType(name, { description: about })(type);
  ApiSchema({ name, description: about })(type as Class);
};

/** Query parameters of REST and arguments of a GraphQL field. */
export const Parameters = (): ShapeDecorator => ArgsType();

/** Fills a view by name: what is not listed does not get out, and what is missing does not compile. */
export const view = <V extends object>(type: Class<V>, values: V): V => Object.assign(new type(), values);
