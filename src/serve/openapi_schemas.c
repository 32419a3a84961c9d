/* Shapes of requests and answers. Protocols of others are described as far as we read them. */
#include "serve/openapi.h"

#define TEXT "{\"type\":\"string\"}"
#define OBJECT "{\"type\":\"object\"}"
#define DECISION "{\"type\":\"string\",\"enum\":[\"allowed\",\"denied\",\"undetermined\"]}"
#define ENTITY "{\"type\":\"object\",\"required\":[\"type\",\"id\"],\"properties\":{\"type\":" TEXT ",\"id\":" TEXT ",\"properties\":" OBJECT "}}"
#define TYPED "{\"type\":\"object\",\"required\":[\"type\"],\"properties\":{\"type\":" TEXT ",\"id\":" TEXT ",\"properties\":" OBJECT "}}"
#define ACTION "{\"type\":\"object\",\"required\":[\"name\"],\"properties\":{\"name\":" TEXT ",\"properties\":" OBJECT "}}"

const w403_openapi_schema w403_openapi_schemas[] = {
    {"Request", "{\"type\":\"object\",\"properties\":{\"operation\":" TEXT ",\"action\":" TEXT ",\"resource\":" TEXT ",\"principal\":" TEXT
                ",\"from\":" TEXT ",\"via\":" TEXT ",\"headers\":" OBJECT ",\"query\":" OBJECT ",\"context\":" OBJECT ",\"at\":" TEXT
                ",\"secure\":{\"type\":\"boolean\"}}}"},
    {"Ask", "{\"type\":\"object\",\"required\":[\"ask\"],\"properties\":{\"ask\":{\"type\":\"string\",\"enum\":[\"explain\",\"decide\","
            "\"inventory\",\"sweep\",\"logs\",\"replay\",\"runbook\",\"who-can\",\"what-can\",\"public\",\"diff\",\"check\",\"lint\",\"test\","
            "\"version\"]},\"request\":{\"$ref\":\"#/components/schemas/Request\"},\"overlay\":" OBJECT "}}"},
    {"Answer", "{\"description\":\"What the command prints with --format json, in format 1\"}"},
    {"BatchLine", "{\"description\":\"One request, or one verdict, a line; the last line of the answer is {\\\"end\\\":true,...}\",\"type\":\"object\"}"},
    {"Problem", "{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\",\"code\",\"detail\"],\"properties\":{\"type\":" TEXT
                ",\"title\":" TEXT ",\"status\":{\"type\":\"integer\"},\"code\":" TEXT ",\"detail\":" TEXT ",\"hint\":" TEXT ",\"source\":" TEXT
                ",\"line\":{\"type\":\"integer\"},\"column\":{\"type\":\"integer\"},\"offset\":{\"type\":\"integer\"},"
                "\"length\":{\"type\":\"integer\"}}}"},
    {"Snapshot", "{\"type\":\"object\",\"required\":[\"generation\",\"hash\",\"loaded\",\"files\",\"bytes\",\"problems\"],\"properties\":"
                 "{\"generation\":{\"type\":\"integer\"},\"hash\":" TEXT ",\"loaded\":{\"type\":\"boolean\"},\"files\":{\"type\":\"integer\"},"
                 "\"bytes\":{\"type\":\"integer\"},\"problems\":{\"type\":\"array\",\"items\":" OBJECT "}}}"},
    {"File", "{\"description\":\"The document, byte for byte\"}"},
    {"Reload", "{\"type\":\"object\",\"required\":[\"reloading\"],\"properties\":{\"reloading\":{\"type\":\"boolean\"}}}"},
    {"Status", "{\"type\":\"object\",\"required\":[\"status\"],\"properties\":{\"status\":" TEXT ",\"generation\":{\"type\":\"integer\"},"
               "\"stale\":{\"type\":\"boolean\"}}}"},
    {"Object", OBJECT},
    {"Empty", "{\"type\":\"object\",\"maxProperties\":0}"},
    {"Text", TEXT},
    {"Page", TEXT},
    {"ErrorText", TEXT},
    {"OpaInput", "{\"type\":\"object\",\"required\":[\"input\"],\"properties\":{\"input\":" OBJECT "}}"},
    {"OpaResult", "{\"type\":\"object\",\"properties\":{\"result\":{\"oneOf\":[{\"type\":\"boolean\"},{\"type\":\"object\",\"required\":[\"allow\"],"
                  "\"properties\":{\"allow\":{\"type\":\"boolean\"},\"decision\":" DECISION ",\"cause\":" TEXT ",\"message\":" TEXT
                  "}}]},\"decision_id\":" TEXT "}}"},
    {"OpaError", "{\"type\":\"object\",\"required\":[\"code\",\"message\"],\"properties\":{\"code\":" TEXT ",\"message\":" TEXT "}}"},
    {"RgwResult", "{\"type\":\"object\",\"required\":[\"result\"],\"properties\":{\"result\":{\"type\":\"boolean\"}},\"additionalProperties\":false}"},
    {"AuthZenEvaluation", "{\"type\":\"object\",\"required\":[\"subject\",\"action\",\"resource\"],\"properties\":{\"subject\":" ENTITY ",\"action\":" ACTION
                          ",\"resource\":" ENTITY ",\"context\":" OBJECT "}}"},
    {"AuthZenDecision", "{\"type\":\"object\",\"required\":[\"decision\"],\"properties\":{\"decision\":{\"type\":\"boolean\"},\"context\":" OBJECT "}}"},
    {"AuthZenEvaluations", "{\"type\":\"object\",\"properties\":{\"subject\":" ENTITY ",\"action\":" ACTION ",\"resource\":" ENTITY ",\"context\":" OBJECT
                           ",\"evaluations\":{\"type\":\"array\",\"items\":" OBJECT "},\"options\":{\"type\":\"object\",\"properties\":"
                           "{\"evaluations_semantic\":{\"type\":\"string\",\"enum\":[\"execute_all\",\"deny_on_first_deny\","
                           "\"permit_on_first_permit\"]}}}}}"},
    {"AuthZenDecisions", "{\"type\":\"object\",\"properties\":{\"decision\":{\"type\":\"boolean\"},\"evaluations\":{\"type\":\"array\",\"items\":"
                         "{\"$ref\":\"#/components/schemas/AuthZenDecision\"}}}}"},
    {"AuthZenSearch", "{\"type\":\"object\",\"properties\":{\"subject\":" TYPED ",\"action\":" ACTION ",\"resource\":" TYPED ",\"context\":" OBJECT
                      ",\"page\":{\"type\":\"object\",\"properties\":{\"token\":" TEXT ",\"limit\":{\"type\":\"integer\"}}}}}"},
    {"AuthZenResults", "{\"type\":\"object\",\"required\":[\"results\"],\"properties\":{\"page\":{\"type\":\"object\",\"required\":[\"next_token\"],"
                       "\"properties\":{\"next_token\":" TEXT ",\"count\":{\"type\":\"integer\"},\"total\":{\"type\":\"integer\"}}},"
                       "\"results\":{\"type\":\"array\",\"items\":" OBJECT "},\"context\":" OBJECT "}}"},
    {"AuthZenMetadata", "{\"type\":\"object\",\"required\":[\"policy_decision_point\",\"access_evaluation_endpoint\"],\"additionalProperties\":" TEXT "}"},
};
const size_t w403_n_openapi_schemas = sizeof w403_openapi_schemas / sizeof *w403_openapi_schemas;
