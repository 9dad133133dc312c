/* The papers of a kitchen: the host's page, the private file, the decisions of staff.
 */
#ifndef WEB_DOCUMENTS_H
#define WEB_DOCUMENTS_H

#include "web/web.h"

web_handler web_documents, web_documents_upload, web_document_file;
web_handler web_admin_documents, web_admin_document, web_admin_document_decide;

#endif
