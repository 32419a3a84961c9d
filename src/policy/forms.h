/* What people hand in as a policy and is none yet: code of other tools, templates, single statements. */
#ifndef W403_POLICY_FORMS_H
#define W403_POLICY_FORMS_H

#include "json/json.h"

/* Rewrites the error of a text that is no policy, where it is known what the text is: the message names the form, the
 * hint the way out. The place stays. */
void w403_form_explain(w403_view text, w403_error *err);

/* Is it a statement without its policy, or a list of them? */
bool w403_form_is_statements(const w403_json *root);

/* What in a text stands for something that is filled in later: `<bucket>`, `${AWS::AccountId}`, `${var.name}`. Gives what
 * fills it in, for a sentence; NULL: nothing does, or it is a variable of IAM's. */
const char *w403_form_placeholder(w403_view text);

#endif
