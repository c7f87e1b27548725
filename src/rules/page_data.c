/* SPDX-License-Identifier: MIT */
/* Marks of block pages, as vendors' documentation and the pages themselves have them. Whole phrases and names
 * of fields, never a vendor's bare name: an article about one of them is no block page. */
#include "rules/page.h"

#define FRONT   HT_LOCUS_FRONT
#define UNKNOWN HT_LOCUS_UNKNOWN
#define REFUSAL(product_, locus_, ...)                                                                       \
    {                                                                                                        \
        .product = product_, .kind = HT_MARK_REFUSAL, .locus = locus_, __VA_ARGS__                           \
    }
#define PRESENCE(product_, ...)                                                                              \
    {                                                                                                        \
        .product = product_, .kind = HT_MARK_PRESENCE, .locus = UNKNOWN, __VA_ARGS__                         \
    }

const struct ht_page_mark ht_page_marks[] = {
    /* developers.cloudflare.com: "Detect a Challenge Page response", "Cloudflare 1xxx errors" */
    REFUSAL("Cloudflare", FRONT, .field = "cf-mitigated",
            .source = "Cloudflare docs, Detect a Challenge Page response"),
    REFUSAL("Cloudflare", FRONT, .server = "cloudflare",
            .body = "<title>Attention Required! | Cloudflare</title>",
            .source = "Cloudflare docs, Error pages"),
    REFUSAL("Cloudflare", FRONT, .server = "cloudflare", .body = "<title>Just a moment...</title>",
            .source = "Cloudflare docs, Challenges"),
    REFUSAL("Cloudflare", FRONT, .status = 403, .server = "cloudflare", .body = "cf-error-details",
            .source = "Cloudflare docs, Error pages"),
    REFUSAL("Cloudflare", FRONT, .server = "cloudflare", .body = "error code: 10",
            .source = "Cloudflare docs, 1xxx errors"),
    /* docs.aws.amazon.com: WAF developer guide; CloudFront and ELB guides, HTTP 403 */
    REFUSAL("AWS WAF", FRONT, .field = "x-amzn-waf-action",
            .source = "AWS WAF guide, CAPTCHA and Challenge actions"),
    REFUSAL("Amazon CloudFront", FRONT, .server = "CloudFront", .body = "Request blocked",
            .source = "CloudFront guide, HTTP 403"),
    REFUSAL("Amazon CloudFront", FRONT, .server = "CloudFront", .body = "block access from your country",
            .source = "CloudFront guide, HTTP 403"),
    REFUSAL("AWS Application Load Balancer", FRONT, .status = 403, .server = "awselb/",
            .source = "ELB guide, HTTP 403"),
    /* docs.sucuri.net: "Website Firewall troubleshooting" */
    REFUSAL("Sucuri", FRONT, .field = "x-sucuri-block", .source = "Sucuri docs, Website Firewall"),
    REFUSAL("Sucuri", FRONT, .body = "Sucuri WebSite Firewall - Access Denied",
            .source = "Sucuri docs, Website Firewall"),
    /* techdocs.akamai.com: edge-generated error pages and their reference numbers */
    REFUSAL("Akamai", FRONT, .server = "AkamaiGHost", .body = "Access Denied",
            .source = "Akamai docs, Reference # errors"),
    REFUSAL("Akamai", FRONT, .body = "errors.edgesuite.net", .source = "Akamai docs, Reference # errors"),
    /* docs.imperva.com: "Cloud WAF error pages and codes" */
    REFUSAL("Imperva", FRONT, .body = "Incapsula incident ID",
            .source = "Imperva docs, Cloud WAF error pages"),
    REFUSAL("Imperva", FRONT, .body = "/_Incapsula_Resource?",
            .source = "Imperva docs, Cloud WAF error pages"),
    /* my.f5.com: K12115, the default response page of BIG-IP ASM */
    REFUSAL("F5 BIG-IP ASM", FRONT, .any_status = true,
            .body = "The requested URL was rejected. Please consult with your administrator",
            .source = "F5 K12115"),
    /* learn.microsoft.com: Front Door WAF and Application Gateway WAF, custom responses */
    REFUSAL("Azure Front Door", FRONT, .field = "x-azure-ref", .body = "The request is blocked.",
            .source = "Azure docs, Front Door WAF policy settings"),
    REFUSAL("Azure Application Gateway", FRONT, .status = 403,
            .server = "Microsoft-Azure-Application-Gateway",
            .source = "Azure docs, Application Gateway response codes"),
    /* docs.fastly.com: "Fastly-generated errors" */
    REFUSAL("Fastly", FRONT, .body = "Fastly error: ", .source = "Fastly docs, Fastly-generated errors"),
    /* vercel.com/docs: Attack Challenge Mode, firewall actions */
    REFUSAL("Vercel", FRONT, .field = "x-vercel-mitigated", .source = "Vercel docs, Firewall"),
    /* docs.datadome.co, docs.humansecurity.com: challenge pages */
    REFUSAL("DataDome", FRONT, .field = "x-datadome", .body = "captcha-delivery.com",
            .source = "DataDome docs, challenge page"),
    REFUSAL("HUMAN (PerimeterX)", FRONT, .body = "id=\"px-captcha\"", .source = "HUMAN docs, block page"),
    /* campus.barracuda.com: Web Application Firewall, response pages */
    REFUSAL("Barracuda", FRONT, .server = "BarracudaHTTP", .source = "Barracuda Campus, WAF response pages"),
    REFUSAL("Barracuda", UNKNOWN, .body = "Barracuda Web Security Gateway",
            .source = "Barracuda Campus, block pages"),
    /* github.com/owasp-modsecurity: the error document of distributions */
    REFUSAL("ModSecurity", FRONT, .body = "This error was generated by Mod_Security",
            .source = "ModSecurity"),
    /* Filters of the client's own network: what they answer says nothing of where they stand. */
    REFUSAL("FortiGuard", UNKNOWN, .body = "FortiGuard Intrusion Prevention",
            .source = "FortiOS guide, replacement messages"),
    REFUSAL("FortiGuard", UNKNOWN, .body = "FortiGuard Web Filtering",
            .source = "FortiOS guide, replacement messages"),
    REFUSAL("FortiGate", UNKNOWN, .body = "<title>Web Filter Violation</title>",
            .source = "FortiOS guide, replacement messages"),
    REFUSAL("FortiGate", UNKNOWN, .body = "Web Page Blocked!",
            .source = "FortiOS guide, replacement messages"),
    REFUSAL("Zscaler", UNKNOWN, .server = "Zscaler/", .source = "Zscaler help, End User Notifications"),
    REFUSAL("Zscaler", UNKNOWN, .body = "has selected Zscaler to protect you",
            .source = "Zscaler help, End User Notifications"),
    REFUSAL("Palo Alto Networks", UNKNOWN, .body = "has been blocked in accordance with company policy",
            .source = "PAN-OS guide, URL filtering response pages"),
    REFUSAL("Sophos", UNKNOWN, .body = "Powered by UTM Web Protection", .source = "Sophos UTM, web messages"),
    REFUSAL("WatchGuard", UNKNOWN, .body = "Request denied by WatchGuard",
            .source = "WatchGuard help, deny messages"),
    REFUSAL("SonicWall", UNKNOWN, .body = "This site is blocked by the SonicWALL Content Filter Service",
            .source = "SonicOS guide, Content Filter"),
    /* wiki.squid-cache.org: error pages */
    REFUSAL("Squid", UNKNOWN, .field = "x-squid-error", .value = "ERR_ACCESS_DENIED",
            .source = "Squid, error pages"),
    REFUSAL("Squid", UNKNOWN, .server = "squid", .body = "<!-- ERR_ACCESS_DENIED -->",
            .source = "Squid, error pages"),
    /* What every answer through an edge carries, the origin's own as well. */
    PRESENCE("Cloudflare", .field = "cf-ray", .source = "Cloudflare docs, HTTP headers"),
    PRESENCE("Amazon CloudFront", .field = "x-amz-cf-id", .source = "CloudFront guide, response headers"),
    PRESENCE("Sucuri", .field = "x-sucuri-id", .source = "Sucuri docs"),
    PRESENCE("Imperva", .field = "x-iinfo", .source = "Imperva docs"),
    PRESENCE("Azure Front Door", .field = "x-azure-ref", .source = "Azure docs, Front Door headers"),
    PRESENCE("Fastly", .field = "x-fastly-request-id", .source = "Fastly docs, headers"),
    PRESENCE("Akamai", .field = "akamai-grn", .source = "Akamai docs, headers"),
    PRESENCE("Vercel", .field = "x-vercel-id", .source = "Vercel docs, response headers"),
};

const size_t ht_page_mark_count = sizeof ht_page_marks / sizeof *ht_page_marks;
